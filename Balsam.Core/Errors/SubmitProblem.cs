using System.Globalization;

namespace Balsam;

/// <summary>One reason why a submit was refused.</summary>
/// <param name="Index">The job's place in the call, from 0.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Job">The job in words: application and workdir.</param>
/// <param name="Message">What is wrong in words, what is allowed, and what to do.</param>
public sealed record SubmitProblem(int Index, SubmitProblemKind Kind, string Job, string Message)
{
    /// <summary>Writes the problem on one line.</summary>
    /// <returns>For example <c>[3] Relax in study/3: parameter 'input' is missing.</c></returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Index}] {Job}: {Message}");
}
