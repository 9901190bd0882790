using System.Text.RegularExpressions;
using Balsam.Tests;

namespace Balsam.Docs.Tests;

/// <summary>Every C# block of a page in docs/ is a region of the file with the page's name in Pages/, word for word; so it compiles, and a test runs it.</summary>
[TestFixture]
public sealed partial class SnippetTests
{
    private static string[] Pages() => [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [TestCaseSource(nameof(Pages))]
    public void Page_EveryBlock_IsARegionThatRuns(string page)
    {
        string[] blocks = [.. Blocks().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", page + ".md"))).Select(match => match.Groups[1].Value.Trim('\n'))];
        string code = Path.Combine(Repository.Root, "tests", "Balsam.Docs.Tests", "Pages", CodeName(page) + ".cs");
        string[] regions = File.Exists(code) ? [.. Regions().Matches(File.ReadAllText(code)).Select(match => Dedent(match.Groups[1].Value))] : [];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(blocks.Except(regions), Is.Empty, $"Blocks of docs/{page}.md that are no region of {code}");
            Assert.That(regions.Except(blocks), Is.Empty, $"Regions of {code} that are no block of docs/{page}.md");
        }
    }

    private static string CodeName(string page) => string.Concat(page.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static string Dedent(string text)
    {
        string[] lines = [.. text.Split('\n').SkipWhile(string.IsNullOrWhiteSpace).Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse()];
        int indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length < indent ? line.TrimEnd() : line[indent..].TrimEnd()));
    }

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex("^ *#region[^\n]*\n(.*?)^ *#endregion", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Regions();
}
