namespace Balsam.Core.Tests.Applications;

/// <summary>Patterns of files, refused at the door.</summary>
public sealed class FilePatternRulesTests
{
    [TestCase("*.dat")]
    [TestCase("**")]
    [TestCase("**/x")]
    [TestCase("scratch/**")]
    [TestCase("a/**/b*c/.hidden")]
    [TestCase("with space/ä")]
    public void Problem_OfAPattern_IsNone(string pattern) => Assert.That(FilePatternRules.Problem(pattern), Is.Null);

    [TestCase("", "is empty")]
    [TestCase(" ", "is empty")]
    [TestCase(null, "is empty")]
    [TestCase("/etc/*", "is absolute")]
    [TestCase("C:/x", "is absolute")]
    [TestCase("../x", "holds '.' or '..'")]
    [TestCase("a/./x", "holds '.' or '..'")]
    [TestCase("a/../../x", "holds '.' or '..'")]
    [TestCase("a\\x", "backslash")]
    [TestCase("a\nx", "control character")]
    [TestCase("scratch/", "write 'scratch/**'")]
    [TestCase("a//b", "empty name")]
    [TestCase("**.dat", "joins '**'")]
    [TestCase("a?.dat", "'?'")]
    [TestCase("a[0-9].dat", "'[]'")]
    [TestCase("*.{a,b}", "'{}'")]
    public void Problem_OfAnother_SaysWhatToWrite(string? pattern, string expected) => Assert.That(FilePatternRules.Problem(pattern), Does.Contain(expected));

    [Test]
    public void Validate_OfAnApplication_NamesEveryPatternThatIsWrong() => Assert.That(
        new ApplicationDescriptor("Untidy", new Untidy()).Validate(),
        Is.EqualTo(new[]
        {
            "Application 'Untidy', InputsFromParents: the pattern '../*.dat' holds '.' or '..'; patterns name files inside the workdir directly.",
            "Application 'Untidy', CleanupFiles: the pattern '/tmp/*' is absolute; patterns begin at the job's workdir.",
        }));

    private sealed class Untidy : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";

        public override IReadOnlyList<string> InputsFromParents => ["*.dat", "../*.dat"];

        public override IReadOnlyList<string> CleanupFiles => ["/tmp/*", "*.tmp"];
    }
}
