using CsCheck;

namespace Balsam.Core.Tests.Applications;

/// <summary>What a program really receives.</summary>
[TestFixtureSource(typeof(Shells), nameof(Shells.All))]
public sealed class CommandTemplateShellTests(string shell)
{
    private static readonly string[] Templates =
    [
        "printf '%s\\0' {{ a }} {{ b }}",
        "printf '%s\\0' {{ a }} \\\n  {{ b }}",
        "# it's a comment\nprintf '%s\\0' {{ a }} {{ b }} # and \"another",
        "x=\"it's $(pwd)\"; printf '%s\\0' {{ a }} {{ b }}",
        "x=\"$(printf '%s' \"nested $(echo \")\")\")\"; printf '%s\\0' {{ a }} {{ b }}",
        "(cd . && printf '%s\\0' {{ a }} {{ b }})",
        "{ printf '%s\\0' {{ a }}; printf '%s\\0' {{ b }}; }",
        "if [ -n \"$HOME\" ] || true; then printf '%s\\0' {{ a }} {{ b }}; fi",
        "for x in {{ a }} {{ b }}; do printf '%s\\0' \"$x\"; done",
        "case x in y) : ;; *) printf '%s\\0' {{ a }} {{ b }} ;; esac",
        "n=$((1 + (2 * 3))); printf '%s\\0' {{ a }} {{ b }}",
        "x={{ a }}; y={{ b }}; printf '%s\\0' \"$x\" \"$y\"",
        "A={{ a }} B={{ b }} sh -c 'printf \"%s\\0\" \"$A\" \"$B\"'",
        "x=`pwd`; printf '%s\\0' {{a}} {{b}}",
        "x=\"${HOME:-none} ${#HOME}\"; printf '%s\\0' {{a}} {{b}} | cat",
        "printf '%s\\0' {{ a }} {{ b }}>&1",
        "f() { printf '%s\\0' \"$@\"; }; f {{ a }} {{ b }}",
        "printf '%s\\0' a\\ \\#\\'b >/dev/null; printf '%s\\0' {{ a }} {{ b }}",
        "echo $$ >/dev/null && printf '%s\\0' {{ a }} {{ b }}",
    ];

    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("balsam-shell-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, true);

    [TestCaseSource(nameof(Templates))]
    public async Task Render_HostileValues_ReachTheProgramAsTheyAre(string text)
    {
        var template = new CommandTemplate(text);
        await HostileText.Gen.Select(HostileText.Gen).SampleAsync(
            async pair =>
            {
                string command = template.Render(JobData.From(new { a = pair.Item1, b = pair.Item2 }));
                Assert.That(await Shells.WordsAsync(shell, _directory, command), Is.EqualTo(new[] { pair.Item1, pair.Item2 }), command);
            },
            iter: 40,
            threads: 1);
        Assert.That(File.Exists(Path.Combine(_directory, "canary")), Is.False);
    }

    [Test]
    public async Task Render_ManyHostileValuesInAnArray_AreOneWordEach()
    {
        var template = new CommandTemplate("printf '%s\\0' {{ words }} end");
        await HostileText.Gen.Array[0, 60].SampleAsync(
            async words =>
            {
                string command = template.Render(JobData.From(new { words }));
                Assert.That(await Shells.WordsAsync(shell, _directory, command), Is.EqualTo(words.Append("end")));
            },
            iter: 60,
            threads: 1);
        Assert.That(File.Exists(Path.Combine(_directory, "canary")), Is.False);
    }

    [TestCase("2", ExpectedResult = "2\n")]
    [TestCase("10", ExpectedResult = "10\n")]
    public async Task<string> Render_DigitsBeforeARedirection_AreAWordAndNoFileNumber(string value)
    {
        string command = new CommandTemplate("echo {{ n }}>out; cat out").Render(JobData.From(new { n = int.Parse(value, null) }));
        return await Shells.RunAsync(shell, _directory, "-c", command);
    }

    [TestCase("a,b", "{x,{{ v }} }")]
    [TestCase("if", "{{ v }}")]
    public void Render_ValueThatTheShellWouldRead_IsQuoted(string value, string template) =>
        Assert.That(new CommandTemplate(template).Render(JobData.From(new { v = value })), Does.Contain($"'{value}'"));
}
