using System.Text.RegularExpressions;
using Balsam.Tests;

namespace Balsam.Docs.Tests;

/// <summary>Links between files of the repository lead somewhere, and every page is in the index.</summary>
[TestFixture]
public sealed partial class LinkTests
{
    private static string[] Files() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Concat(Directory.GetFiles(Repository.Root, "*.md")).Select(path => Path.GetRelativePath(Repository.Root, path)).Order()];

    [TestCaseSource(nameof(Files))]
    public void Links_OfAFile_LeadToFilesAndHeadings(string file)
    {
        string path = Path.Combine(Repository.Root, file);
        string[] links = [.. Links().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal))];
        Assert.That(links.Where(link => !Exists(path, link)), Is.Empty);
    }

    [Test]
    public void Index_EveryPage_IsInIt()
    {
        string[] pages = [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(path => Path.GetFileName(path)).Where(name => name != "README.md").Order()];
        string index = File.ReadAllText(Path.Combine(Repository.Root, "docs", "README.md"));
        Assert.That(pages.Where(page => !index.Contains($"]({page})", StringComparison.Ordinal)), Is.Empty);
    }

    private static bool Exists(string from, string link)
    {
        (string target, string anchor) = link.Split('#') is [var left, var right] ? (left, right) : (link, "");
        string path = target.Length == 0 ? from : Path.Combine(Path.GetDirectoryName(from)!, target);
        return anchor.Length == 0
            ? Path.Exists(path)
            : File.Exists(path) && File.ReadLines(path).Where(line => line.StartsWith('#')).Any(line => AnchorOf(line.TrimStart('#', ' ')) == anchor);
    }

    private static string AnchorOf(string heading) => string.Concat(heading.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();
}
