using System.Text.RegularExpressions;
using Balsam.Tests;

namespace Balsam.Docs.Tests;

/// <summary>Every call in the "here" column of the page for people from Python Balsam stands in the code of that page, which a test runs.</summary>
[TestFixture]
public sealed partial class FromPythonBalsamTable
{
    private const string None = "none";

    private static IEnumerable<string[]> Rows() => File.ReadLines(Path.Combine(Repository.Root, "docs", "from-python-balsam.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Python |", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);

    [Test]
    public void Rows_AllOfThem_HaveACallOnBothSides()
    {
        string[][] rows = [.. Rows()];
        Assert.That(rows, Has.Length.GreaterThan(100));
        Assert.That(rows.Where(row => row.Length != 3 || row[0].Length == 0 || row[1].Length == 0).Select(row => string.Join(" | ", row)), Is.Empty);
    }

    [Test]
    public void Calls_OfTheRightColumn_AreInTheCodeThatRuns()
    {
        string code = Comments().Replace(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Balsam.Docs.Tests", "Pages", "FromPythonBalsam.cs")), "");
        IEnumerable<string> without = Rows().Where(row => row[1] != None && !Spans().IsMatch(row[1])).Select(row => row[1]);
        IEnumerable<string> missing = Rows().SelectMany(row => Spans().Matches(row[1])).Select(span => span.Groups[1].Value).Where(span => !code.Contains(span, StringComparison.Ordinal));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(without, Is.Empty, $"Cells without a call that do not say '{None}'");
            Assert.That(missing, Is.Empty);
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Spans();

    [GeneratedRegex("^ *//.*$", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
