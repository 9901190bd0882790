using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CommandLineTests
{
    private RunnerHarness _harness = null!;

    [SetUp]
    public void SetUp() => _harness = new RunnerHarness(RunnerKind.Linux);

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public void For_OnlyWords_IsTheProgramItself()
    {
        (string fileName, IReadOnlyList<string> arguments) = CommandLine.For("sim --in 'a b'", preamble: " \n");
        Assert.That((fileName, string.Join('|', arguments)), Is.EqualTo(("sim", "--in|a b")));
    }

    [Test]
    public void For_ShellSyntax_GoesThroughTheShell()
    {
        (string fileName, IReadOnlyList<string> arguments) = CommandLine.For("a | b", preamble: null);
        Assert.That((fileName, string.Join('|', arguments)), Is.EqualTo(("/bin/sh", "-c|a | b")));
    }

    [TestCase("sh -c 'exit 4'", "exit code 4", "")]
    [TestCase("exit 5", "exit code 5", "")]
    [TestCase("printf %s \"$FROM_PREAMBLE\"", "exit code 0", "set")]
    [TestCase("printf %s 'it'\\''s $x'", "exit code 0", "it's $x")]
    [TestCase("false; echo on", "exit code 0", "on\n")]
    [TestCase("greet you", "exit code 0", "hello you\n")]
    [TestCase("false", "exit code 1", "")]
    public async Task For_PreambleThatSucceeds_RunsTheCommandAfterIt(string command, string end, string output)
    {
        Assert.That(await RunAsync(command, "FROM_PREAMBLE=set\ngreet() { echo hello \"$1\"; }\nset -- other arguments"), Is.EqualTo((end, output)));
    }

    [Test]
    public async Task For_Preamble_CommandTakesTheShellsPlace()
    {
        (string fileName, IReadOnlyList<string> arguments) = CommandLine.For("cut '-d ' -f1 /proc/self/stat", "true");
        RunExit exit = await _harness.RunAsync(fileName, [.. arguments]);
        Assert.That(_harness.Output, Is.EqualTo($"{exit.Pid}\n"));
    }

    [TestCase("false", 1)]
    [TestCase("sh -c 'exit 42'", 42)]
    [TestCase("exit 3", 3)]
    [TestCase("echo on the way\nfalse\necho never", 1)]
    public async Task For_PreambleThatFails_EndsTheJobAndSaysSo(string preamble, int code)
    {
        (string end, string output) = await RunAsync("echo never", preamble);
        Assert.That(end, Is.EqualTo($"exit code {code}"));
        Assert.That(output, Does.EndWith($"balsam: the preamble failed with exit code {code}\n").And.Not.Contain("never"));
    }

    [TestCase("echo 'unclosed")]
    [TestCase("if true")]
    [TestCase("no-such-command")]
    [TestCase("module-like() { return 9; }; module-like load x")]
    public async Task For_PreambleThatCannotBeRun_EndsTheJobAndSaysSo(string preamble)
    {
        (string end, string output) = await RunAsync("echo never", preamble);
        Assert.That(end, Is.Not.EqualTo("exit code 0"));
        Assert.That(output, Does.Contain("balsam: the preamble failed with exit code").And.Not.Contain("never"));
    }

    [Test]
    public async Task For_PreambleThatExitsWithSuccess_IsAFailureToo()
    {
        (string end, string output) = await RunAsync("echo never", "exit 0");
        Assert.That((end, output), Is.EqualTo(("exit code 1", "balsam: the preamble ended the shell before the command could run\n")));
    }

    [Test]
    public async Task For_PreambleWithTrap_TrapRunsAfterTheCommand() =>
        Assert.That(await RunAsync("sh -c 'echo work; exit 6'", "trap 'echo clean' EXIT"), Is.EqualTo(("exit code 6", "work\nclean\n")));

    [Test]
    public async Task For_PreambleThatOnlyMentionsTrap_LeavesOursBehind() =>
        Assert.That(await RunAsync("sh -c 'exit 6'", "X=trap"), Is.EqualTo(("exit code 6", "")));

    private async Task<(string End, string Output)> RunAsync(string command, string preamble)
    {
        (string fileName, IReadOnlyList<string> arguments) = CommandLine.For(command, preamble);
        RunExit exit = await _harness.RunAsync(fileName, [.. arguments]);
        return (exit.Describe(), _harness.Output);
    }
}
