using System.Globalization;

namespace Balsam;

/// <summary>A submit was refused; nothing of it was written. The exception names every problem of the call.</summary>
public sealed class SubmitRefusedException : BalsamException
{
    private const int Shown = 20;

    /// <summary>Makes an exception.</summary>
    /// <param name="problems">The problems, at least one.</param>
    public SubmitRefusedException(IReadOnlyList<SubmitProblem> problems)
        : base(Describe(problems, Shown)) => Problems = problems;

    /// <summary>Every problem of the call.</summary>
    public IReadOnlyList<SubmitProblem> Problems { get; }

    /// <summary>The message with every problem.</summary>
    internal string DescribeAll() => Describe(Problems, int.MaxValue);

    private static string Describe(IReadOnlyList<SubmitProblem> problems, int shown)
    {
        ArgumentNullException.ThrowIfNull(problems);
        string head = string.Create(CultureInfo.InvariantCulture, $"Nothing was submitted: {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}.");
        string rest = problems.Count > shown ? string.Create(CultureInfo.InvariantCulture, $"\n  … and {problems.Count - shown} more") : "";
        return head + string.Concat(problems.Take(shown).Select(problem => "\n  " + problem)) + rest;
    }
}
