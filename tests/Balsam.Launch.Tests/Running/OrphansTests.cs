using System.Globalization;
using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OrphansTests
{
    private const string Variable = "BALSAM_TEST_MARKER";
    private const ulong Mark = (1UL << 63) + 12345;
    private RunnerHarness _harness = null!;
    private string _value = null!;

    [SetUp]
    public void SetUp()
    {
        _harness = new RunnerHarness(RunnerKind.Linux);
        _value = Guid.NewGuid().ToString();
    }

    [TearDown]
    public async Task TearDown() => await _harness.DisposeAsync();

    [Test]
    public async Task FindAndKill_ProcessThatLeftItsParents_IsEndedAndNamed()
    {
        (int pid, WatchedProcess process) = await StartDetachedAsync(_value);
        using (process)
        {
            IReadOnlyList<Orphan> ended = Hunt();
            // Found as the shell it was, or as the sleep it becomes.
            Assert.That(ended.Select(orphan => orphan.Pid), Is.EqualTo(new[] { pid }));
            Assert.That(ended[0].Command, Does.EndWith("sleep 1000"));
            Assert.That(process.HasEnded, Is.True);
        }

        Assert.That(Hunt(), Is.Empty);
    }

    [Test]
    public async Task FindAndKill_OtherValueOrExcepted_IsLeftAlone()
    {
        (_, WatchedProcess other) = await StartDetachedAsync(_value + "0");
        (int pid, WatchedProcess excepted) = await StartDetachedAsync(_value);
        using (other)
        using (excepted)
        {
            Assert.That(Hunt(pid), Is.Empty);
            Assert.That((other.HasEnded, excepted.HasEnded), Is.EqualTo((false, false)));
        }
    }

    [Test]
    public void TryGetVariable_NameInsideOtherNamesAndValues_IsNotFound()
    {
        ReadOnlySpan<byte> environment = "XA=1\0B=A=2\0A=3\0"u8;
        Assert.That(ProcReader.TryGetVariable(environment, "A="u8, out ReadOnlySpan<byte> value), Is.True);
        Assert.That(value.ToArray(), Is.EqualTo("3"u8.ToArray()));
        Assert.That(ProcReader.TryGetVariable("XA=1\0B=A=2\0"u8, "A="u8, out _), Is.False);
        Assert.That(ProcReader.TryGetVariable("A=\0"u8, "A="u8, out value), Is.True);
        Assert.That(value.Length, Is.Zero);
    }

    [Test]
    public void TryGetLiveGroup_NameWithParentheses_IsRead()
    {
        Assert.That(ProcReader.TryGetLiveGroup("12 (a) S (b) S 1 77 77 0 -1"u8, out int group), Is.True);
        Assert.That(group, Is.EqualTo(77));
        Assert.That(ProcReader.TryGetLiveGroup("12 (a) Z 1 77 77 0 -1"u8, out _), Is.False);
        Assert.That(ProcReader.TryGetLiveGroup(""u8, out _), Is.False);
    }

    [Test]
    public void IsStartingProgram_ThisProcessKernelThreadAndZombie_AreNot()
    {
        Assert.That(ProcReader.IsStartingProgram(new ProcReader().Read(Environment.ProcessId, "stat"u8)), Is.False);
        Assert.That(ProcReader.IsStartingProgram(Stat("S", parent: 2, environmentEnd: 0)), Is.False);
        Assert.That(ProcReader.IsStartingProgram(Stat("Z", parent: 7, environmentEnd: 0)), Is.False);
        Assert.That(ProcReader.IsStartingProgram(Stat("R", parent: 7, environmentEnd: 4096)), Is.False);
        Assert.That(ProcReader.IsStartingProgram(Stat("R", parent: 7, environmentEnd: 0)), Is.True);
    }

    [Test]
    public async Task FindAndKill_ProcessesThatKeepStartingPrograms_AreAllEnded()
    {
        string fifo = await _harness.FifoAsync("ready");
        RunExit exit = await _harness.RunAsync(_harness.Shell(
            $"for i in 1 2 3 4; do setsid --fork sh -c 'echo $$ >{fifo}; exec sh \"$0\"' {_harness.WriteFile("again", "exec sh \"$0\"\n")}; done; cat {fifo} >/dev/null")
            with { Environment = [new(Variable, _value)] });
        Assert.That(exit.Succeeded, Is.True, exit.Describe());
        Hunt();
        Assert.That(Hunt(), Is.Empty);
    }

    private IReadOnlyList<Orphan> Hunt(params int[] except) =>
        Orphans.FindAndKill(new OrphanMarks { Ours = [new EnvironmentMark(Variable, value => value == _value)], OurLimit = limit => limit == Mark, Except = except.ToHashSet() });

    private static byte[] Stat(string state, int parent, int environmentEnd) =>
        System.Text.Encoding.ASCII.GetBytes($"12 (a b) {state} {parent} 12 12 {string.Join(' ', Enumerable.Repeat("0", 44))} {environmentEnd} 0");

    // The daemon's parents have ended before this returns.
    private async Task<(int Pid, WatchedProcess Process)> StartDetachedAsync(string value)
    {
        string pidFile = Path.Combine(_harness.Workdir, "pid");
        RunExit exit = await _harness.RunAsync(
            _harness.Shell($"setsid --fork sh -c 'echo $$ >{pidFile}.new; mv {pidFile}.new {pidFile}; exec sleep 1000'; until test -e {pidFile}; do sleep 0.01; done")
            with { Environment = [new(Variable, value)] });
        Assert.That(exit.Succeeded, Is.True, exit.Describe());
        string pid = (await File.ReadAllTextAsync(pidFile)).Trim();
        File.Delete(pidFile);
        return (int.Parse(pid, CultureInfo.InvariantCulture), new WatchedProcess(pid));
    }
}
