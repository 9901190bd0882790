using System.Globalization;

namespace Balsam;

/// <summary>What a submit would do: the answer of <see cref="BalsamClient.CheckAsync(IEnumerable{NewJob}, CancellationToken)"/>. Nothing was written.</summary>
/// <example><code>
/// SubmitCheck check = await client.CheckAsync(jobs);
/// Console.WriteLine(check);
/// if (check.CanSubmit) await client.SubmitAsync(jobs);
/// </code></example>
public sealed class SubmitCheck
{
    private const int ShownJobs = 50;
    private const int ShownLines = 20;

    internal SubmitCheck(IReadOnlyList<SubmitCheckItem> jobs, IReadOnlyList<SubmitProblem> problems, IReadOnlyList<SubmitWarning> warnings)
    {
        Jobs = jobs;
        Problems = problems;
        Warnings = warnings;
    }

    /// <summary>The jobs, in the order of the call.</summary>
    public IReadOnlyList<SubmitCheckItem> Jobs { get; }

    /// <summary>Every problem that the submit would be refused for.</summary>
    public IReadOnlyList<SubmitProblem> Problems { get; }

    /// <summary>What is worth knowing, though the submit would not be refused for it.</summary>
    public IReadOnlyList<SubmitWarning> Warnings { get; }

    /// <summary>Whether the submit would be taken.</summary>
    public bool CanSubmit => Problems.Count == 0;

    /// <summary>How many jobs would be added.</summary>
    public int New => Jobs.Count(job => job.IsNew);

    /// <summary>How many jobs are stored already under their keys.</summary>
    public int Existing => Jobs.Count - New;

    /// <summary>How many of these are stored otherwise than asked for.</summary>
    public int Different => Jobs.Count(job => job.IsDifferent);

    /// <summary>Writes the counts, a line a job with its command, what is different, the problems and the warnings. Of many, the first.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString()
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(Jobs.Count, "job")}: {New} new, {Existing} stored already, {Different} of these otherwise. {Count(Problems.Count, "problem")}, {Count(Warnings.Count, "warning")}.");
        (string[] Cells, SubmitCheckItem Job)[] rows = [.. Jobs.Take(ShownJobs).Select(job => (CellsOf(job), job))];
        int[] widths = [.. Enumerable.Range(0, 3).Select(column => rows.Select(row => row.Cells[column].Length).DefaultIfEmpty(0).Max())];
        IEnumerable<string> table = rows.SelectMany(row => (IEnumerable<string>)
        [
            "  " + string.Join("  ", row.Cells.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell)).TrimEnd(),
            .. row.Job.Differences.Select(difference => $"      {difference}"),
        ]);
        return string.Join('\n', [head, .. table, .. Rest(Jobs.Count, ShownJobs), .. Section("Problems:", Problems), .. Section("Warnings:", Warnings)]);
    }

    private static string[] CellsOf(SubmitCheckItem item) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"[{item.Index}]"),
        $"{item.Job.Application} in {item.Workdir}",
        item.Stored is { } stored ? $"job {stored.Id} {stored.State.ToText()}" : "new",
        item.Command ?? "",
    ];

    private static IEnumerable<string> Section<T>(string title, IReadOnlyList<T> lines) =>
        lines.Count == 0 ? [] : [title, .. lines.Take(ShownLines).Select(line => $"  {line}"), .. Rest(lines.Count, ShownLines)];

    private static IEnumerable<string> Rest(int count, int shown) => count > shown ? [string.Create(CultureInfo.InvariantCulture, $"  … and {count - shown} more")] : [];

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}
