using Balsam.Tests;

namespace Balsam.Architecture.Tests;

/// <summary>docs/state-machine.md is drawn from the table; this keeps the two in step.</summary>
[TestFixture]
public sealed class StateMachinePage
{
    [Test]
    public void StateMachinePage_IsDrawn_FromTheTable()
    {
        string expected = Draw();
        string page = Path.Combine(Repository.Root, "docs", "state-machine.md");
        Assert.That(File.Exists(page) ? File.ReadAllText(page) : "", Is.EqualTo(expected), $"docs/state-machine.md should read:\n{expected}");
    }

    private static string Draw()
    {
        var moves = JobTransitions.All.Where(row => row.Trigger != JobTrigger.Cancelled).GroupBy(row => (row.From, row.To)).ToArray();
        IEnumerable<string> arrows = moves.Select(move => $"    {move.Key.From.ToText()} --> {move.Key.To.ToText()}: {string.Join(", ", move.Select(row => row.Trigger))}");
        IEnumerable<string> rows = JobTransitions.All.Select(row => $"| {row.From.ToText()} | {row.Trigger} | {row.To.ToText()} |");
        return string.Join('\n',
        [
            "# The lifecycle of a job",
            "",
            "Drawn from `JobTransitions`, the only place that says which moves are legal. Every job that has not ended can also be cancelled, which fails it.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> CREATED",
            .. arrows,
            "```",
            "",
            "| in | what happens | goes to |",
            "|---|---|---|",
            .. rows,
            "",
        ]);
    }
}
