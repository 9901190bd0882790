using System.Collections.Concurrent;
using System.Globalization;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Hooks that launchers before this one did not survive. Those launchers left what they knew in a file; here a test writes it.</summary>
public sealed class HookLossTests
{
    [TestCase(2, 1)]
    [TestCase(null, 99)]
    public async Task Hook_LaunchersLostAsOftenAsAllowed_IsCalledAgain(int? limit, int losses)
    {
        await using EngineHarness engine = await StartAsync(limit);
        Job job = (await LeaveInHooksAsync(engine, 1)).Single();
        Leave(engine, losses, job);
        await engine.StartAgainAsync();
        Assert.That((await engine.EndAsync(job)).State, Is.EqualTo(JobState.JobFinished));
        await engine.StopAsync();
        Assert.That(Ledgers(engine), Is.Empty);
    }

    [Test]
    public async Task Hook_LaunchersLostOnceMoreThanAllowed_FailsItsJobUncalled()
    {
        await using EngineHarness engine = await StartAsync(limit: 2);
        Job job = (await LeaveInHooksAsync(engine, 1)).Single();
        Leave(engine, 3, job);
        engine.Behaviour.Preprocess = (_, _) => throw new InvalidOperationException("called");
        await engine.StartAgainAsync();
        FailureDetails failure = (await engine.EndAsync(job)).Failure!;
        Assert.That((failure.Kind, failure.Message), Is.EqualTo((FailureKind.CrashLimit,
            "The job lost its launcher 3 times in a row while Preprocess was called; LauncherOptions.CrashLimit allows 2. Mend the hook, then restart the job.")));
        await engine.StopAsync();
        Assert.That(Ledgers(engine), Is.Empty);
    }

    [Test]
    public async Task Hooks_OnTheirLastChance_AreCalledOneAtATimeBesideTheOthers()
    {
        await using EngineHarness engine = await StartAsync(limit: 1);
        Job[] left = await LeaveInHooksAsync(engine, 2);
        (Job first, Job second) = (left[0], left[1]);
        Leave(engine, 1, left);
        var gates = new ConcurrentDictionary<JobId, Gate>();
        Gate GateOf(Job job) => gates.GetOrAdd(job.Id, _ => new Gate());
        engine.Behaviour.Preprocess = async (context, token) =>
        {
            await GateOf(context.Job).PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        await engine.StartAgainAsync();
        await GateOf(first).ArrivalAsync();
        Job other = await engine.SubmitAsync(Hooked.NewJob("z"));
        await GateOf(other).ArrivalAsync();
        GateOf(other).Open();
        await engine.EndAsync(other);
        Assert.That(GateOf(second).HasArrival, Is.False, "it waits for the first, a job that lost nothing does not");
        GateOf(first).Open();
        await engine.EndAsync(first);
        await GateOf(second).ArrivalAsync();
        GateOf(second).Open();
        Assert.That((await engine.EndAsync(second)).State, Is.EqualTo(JobState.JobFinished));
    }

    [Test]
    public async Task Hook_ItsLauncherDiesInIt_CountsAsALoss()
    {
        await using EngineHarness engine = await StartAsync(limit: 0);
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job job = await engine.SubmitAsync(Hooked.NewJob("x"));
        await gate.ArrivalAsync();
        string left = File.ReadAllText(Ledgers(engine).Single());
        await engine.StopAsync();
        Assert.That(Ledgers(engine), Is.Empty, "a launcher that stops has outlived its hooks");
        File.WriteAllText(LostLedger(engine), left);
        await engine.StartAgainAsync();
        Assert.That((await engine.EndAsync(job)).Failure!.Message, Does.StartWith("The job lost its launcher 1 times in a row while Preprocess was called"));
    }

    private static Task<EngineHarness> StartAsync(int? limit) => EngineHarness.StartAsync(setup => setup.Options = options => options.CrashLimit = limit);

    // Stops the launcher in the middle of hooks, so that the next one calls them.
    private static async Task<Job[]> LeaveInHooksAsync(EngineHarness engine, int count)
    {
        var gate = new Gate();
        engine.Behaviour.Preprocess = async (_, token) =>
        {
            await gate.PassAsync(token);
            return PreprocessOutcome.Ready;
        };
        Job[] jobs = [.. await engine.SubmitAsync([.. Enumerable.Range(0, count).Select(i => Hooked.NewJob($"{i}"))])];
        for (int i = 0; i < count; i++)
        {
            await gate.ArrivalAsync();
        }

        await engine.StopAsync();
        engine.Behaviour.Preprocess = (_, _) => Task.FromResult(PreprocessOutcome.Ready);
        return jobs;
    }

    private static void Leave(EngineHarness engine, int losses, params Job[] jobs) => File.WriteAllLines(
        LostLedger(engine), jobs.Select(job => string.Create(CultureInfo.InvariantCulture, $"+ {job.Id} 0 StagedIn {losses - 1} .")));

    private static string LostLedger(EngineHarness engine) => Path.Combine(engine.Directory, "data", ".balsam-hooks-lost");

    private static string[] Ledgers(EngineHarness engine) => Directory.GetFiles(Path.Combine(engine.Directory, "data"), ".balsam-hooks-*");
}
