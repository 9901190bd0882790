using System.Globalization;
using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

[Platform("Linux")]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OrphansTests
{
    private const string Variable = "BALSAM_TEST_MARKER";
    private const ulong Mark = (1UL << 63) + 12345;
    private const ulong SessionMark = (1UL << 63) + uint.MaxValue;
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

    [Test]
    public async Task FindAndKill_DaemonThatShedEnvironmentSessionParentOutputAndWorkdir_IsEnded()
    {
        using WatchedProcess process = await StartShedAsync(Mark);
        Assert.That(Hunt(), Has.Count.EqualTo(1));
        Assert.That(process.HasEnded, Is.True);
    }

    [Test]
    public async Task FindAndKill_DaemonOfAnotherRun_IsLeftAlone()
    {
        using WatchedProcess process = await StartShedAsync(Mark + (1UL << 32));
        Assert.That(Hunt(), Is.Empty);
        Assert.That(process.HasEnded, Is.False);
    }

    [Test]
    public async Task FindAndKill_ChildWithoutAnyMark_IsEndedWithItsParent()
    {
        string pids = Path.Combine(_harness.Workdir, "pids");
        string child = _harness.WriteFile("child", $"echo $$ $PPID >{pids}.new\nmv {pids}.new {pids}\nexec sleep 1000\n");
        string parent = _harness.WriteFile("parent", $"env -i prlimit --rttime=unlimited setsid sh {child} &\nwait\n");
        RunExit exit = await _harness.RunAsync(
            _harness.Shell($"setsid --fork sh {parent}; until test -e {pids}; do sleep 0.01; done") with { Environment = [new(Variable, _value)], Mark = Mark });
        Assert.That(exit.Succeeded, Is.True, exit.Describe());
        string[] found = (await File.ReadAllTextAsync(pids)).Trim().Split(' ');
        using var process = new WatchedProcess(found[0]);
        using var above = new WatchedProcess(found[1]);
        Assert.That(Hunt().Select(orphan => orphan.Pid), Is.EquivalentTo(found.Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))));
        Assert.That((process.HasEnded, above.HasEnded), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task FindAndKill_ProcessesThatOnlyStartTheNextAndEnd_FindsTheEndOfTheChain()
    {
        string hops = Path.Combine(_harness.Workdir, "hops");
        string stop = Path.Combine(_harness.Workdir, "stop");
        string hop = _harness.WriteFile("hop", $"echo >>{hops}\ntest -e {stop} || setsid --fork sh \"$0\"\n");
        try
        {
            RunExit exit = await _harness.RunAsync(_harness.Shell($"sh {hop}; until test $(wc -l <{hops}) -gt 20; do sleep 0.01; done") with { Environment = [new(Variable, _value)], Mark = Mark });
            Assert.That(exit.Succeeded, Is.True, exit.Describe());
            Assert.That(Hunt(), Is.Not.Empty);
            long length = new FileInfo(hops).Length;
            Assert.That((await _harness.ShellAsync("sleep 0.3")).Succeeded, Is.True);
            Assert.That(new FileInfo(hops).Length, Is.EqualTo(length), "a link of the chain has escaped");
        }
        finally
        {
            await File.WriteAllTextAsync(stop, "");
        }
    }

    [Test]
    public async Task FindAndKill_ProcessThatForksMeanwhile_IsEndedWithAllOfItsChildren()
    {
        string began = Path.Combine(_harness.Workdir, "began");
        string forks = _harness.WriteFile("forks", $"i=0\nwhile test $i -lt 400; do i=$((i+1)); env -i setsid sleep 1000 >/dev/null 2>&1 & test $i -ne 5 || echo >{began}; done\nwait\n");
        RunExit exit = await _harness.RunAsync(_harness.Shell($"setsid --fork sh {forks}; until test -e {began}; do sleep 0.01; done") with { Environment = [new(Variable, _value)], Mark = Mark });
        Assert.That(exit.Succeeded, Is.True, exit.Describe());
        Assert.That(Hunt(), Has.Count.GreaterThanOrEqualTo(5));
        var reader = new ProcReader();
        Assert.That(
            ProcReader.AllPids().Where(pid => ProcReader.TryGetIdentity(reader.Read(pid, "stat"u8), out _) && ProcReader.TryGetRealtimeLimit(reader.Read(pid, "limits"u8), out ulong limit) && limit is Mark or SessionMark),
            Is.Empty);
    }

    [Test]
    public void FindAndKill_NumberGoesToAnotherProcessBetweenTheLooks_ThatOneLives()
    {
        System.Diagnostics.ProcessStartInfo start = new("sleep", ["1000"]);
        start.Environment[Variable] = _value;
        using System.Diagnostics.Process first = System.Diagnostics.Process.Start(start)!;
        WatchedProcess? second = null;
        int looks = 0;
        IReadOnlyList<Orphan> ended = Orphans.FindAndKill(new OrphanMarks
        {
            Ours =
            [
                new EnvironmentMark(Variable, value =>
                {
                    if (value == _value && looks++ == 0)
                    {
                        second = Replace(first);
                    }

                    return value == _value;
                }),
            ],
        });
        using (second)
        {
            Assert.That(ended, Is.Empty);
            Assert.That(second?.HasEnded, Is.False, "the process that has the number now");
        }

    }

    [Test]
    public async Task Signal_RunWithADaemonThatShedEverything_TheDaemonHasEndedWhenTheRunIsReported()
    {
        string pipe = await _harness.FifoAsync("pipe");
        Task<string> pid = RunnerHarness.ReadAsync(pipe);
        using WatchedProcess other = await StartShedAsync(Mark + (1UL << 32));

        // The mark of the run comes right after the start; before, only that of the session is there.
        RunRequest request = _harness.Shell($"until grep -q ' {Mark} ' /proc/$$/limits; do sleep 0.01; done; env -i setsid --fork sh {ShedScript(pipe)}; sleep 1000")
            with { Mark = Mark, OutputPath = "second.out" };
        Task<RunExit> end = _harness.Start(request);
        using var process = new WatchedProcess(await pid);
        _harness.Runner.Signal(request.RunId, RunSignal.Kill);
        RunExit exit = await RunnerHarness.Soon(end);
        Assert.That((exit.Kind, process.HasEnded, other.HasEnded), Is.EqualTo((RunExitKind.Signaled, true, false)));
    }

    [Test]
    public void TryGetIdentity_NameWithSpacesAndDeadProcess_AreTold()
    {
        Assert.That(ProcReader.TryGetIdentity(new ProcReader().Read(Environment.ProcessId, "stat"u8), out ProcessIdentity self), Is.True);
        Assert.That(self.Start, Is.GreaterThan(0));
        Assert.That(ProcReader.TryGetIdentity(Stat("S", parent: 17, environmentEnd: 4096), out ProcessIdentity other), Is.True);
        Assert.That(other, Is.EqualTo(new ProcessIdentity(17, 0)));
        Assert.That(ProcReader.TryGetIdentity(Stat("Z", parent: 17, environmentEnd: 0), out _), Is.False);
    }

    [Test]
    public void TryGetRealtimeLimit_SoftLimit_IsReadUnlessThereIsNone()
    {
        Assert.That(ProcReader.TryGetRealtimeLimit("Limit  Soft  Hard\nMax realtime timeout      9223372036854788153  unlimited  us\n"u8, out ulong limit), Is.True);
        Assert.That(limit, Is.EqualTo(Mark));
        Assert.That(ProcReader.TryGetRealtimeLimit("Limit  Soft  Hard\nMax realtime timeout      unlimited  unlimited  us\n"u8, out _), Is.False);
        Assert.That(ProcReader.TryGetRealtimeLimit(""u8, out _), Is.False);
    }

    [Test]
    public void RunMark_SessionsAndRuns_AreToldApartAndNoneIsNoLimit()
    {
        var session = new SessionId(new Guid("01890000-0000-7000-8000-0000ffffffff"));
        var other = new SessionId(new Guid("01890000-0000-7000-8000-00000000002a"));
        Assert.That(RunMark.SessionIn(RunMark.Of(other, 7)), Is.EqualTo(42));
        Assert.That(RunMark.SessionIn(RunMark.Of(session, uint.MaxValue)), Is.EqualTo(0x7FFFFFFF));
        Assert.That(RunMark.Of(other, 7), Is.Not.EqualTo(RunMark.Of(other, 8)).And.Not.EqualTo(RunMark.Of(session, 7)));
        Assert.That(RunMark.OfSession(RunMark.Of(other, 7)), Is.EqualTo(RunMark.OfSession(RunMark.Of(other, 8))).And.Not.EqualTo(RunMark.OfSession(RunMark.Of(session, 7))));
        Assert.That((RunMark.SessionIn(ulong.MaxValue), RunMark.SessionIn(95_000)), Is.EqualTo(((uint?)null, (uint?)null)));
    }

    // The first is ended and reaped, then the kernel is told which number to give next.
    private static WatchedProcess Replace(System.Diagnostics.Process first)
    {
        first.Kill();
        first.WaitForExit();
        System.Diagnostics.ProcessStartInfo other = new("sleep", ["1000"]);
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                File.WriteAllText("/proc/sys/kernel/ns_last_pid", (first.Id - 1).ToString(CultureInfo.InvariantCulture));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Assert.Ignore("Only an administrator can choose the number of the next process.");
            }

            using var started = System.Diagnostics.Process.Start(other)!;
            if (started.Id == first.Id)
            {
                return new WatchedProcess(started.Id.ToString(CultureInfo.InvariantCulture));
            }

            started.Kill();
            started.WaitForExit();
        }

        throw new InvalidOperationException($"The number {first.Id} was not given again.");
    }

    private string ShedScript(string to) => _harness.WriteFile("shed", $"cd /\necho $$ >{to}\nexec >/dev/null 2>&1 </dev/null sleep 1000\n");

    // A daemon that has left its parents, its session and its workdir, writes nowhere, and was started with an empty environment.
    private async Task<WatchedProcess> StartShedAsync(ulong mark)
    {
        string pid = Path.Combine(_harness.Directory, Guid.NewGuid().ToString());
        RunExit exit = await _harness.RunAsync(
            _harness.Shell($"env -i setsid --fork sh {ShedScript(pid)}; until test -s {pid}; do sleep 0.01; done") with { Environment = [new(Variable, _value + "0")], Mark = mark });
        Assert.That(exit.Succeeded, Is.True, exit.Describe());
        return new WatchedProcess((await File.ReadAllTextAsync(pid)).Trim());
    }

    private IReadOnlyList<Orphan> Hunt(params int[] except) =>
        Orphans.FindAndKill(new OrphanMarks { Ours = [new EnvironmentMark(Variable, value => value == _value)], OurLimit = limit => limit is Mark or SessionMark, Except = except.ToHashSet() });

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
