using Balsam.Launch.Tests.Engine;
using Balsam.Testing;

namespace Balsam.Launch.Tests.Staging;

/// <summary>Files of parents are linked after the last item has arrived, and before the first hook.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
[Platform("Linux")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LinkingTests(StoreKind store)
{
    private readonly FakeTransferProvider _provider = new("fake");

    [TestCase(false)]
    [TestCase(true)]
    public async Task Child_WithInputsFromParents_HasThemBeforeItRuns(bool withTransfer)
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        engine.Behaviour.Run = async (input, context, token) => input == "parent"
            ? await WriteAsync(Path.Combine(context.Workdir, "mesh.dat"), token)
            : await File.ReadAllTextAsync(Path.Combine(context.Workdir, "mesh.dat"), token);
        NewJob parent = Work.NewJob("parent");
        NewJob child = Heir.NewJob("child").After(parent);
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, withTransfer ? child.Transfer("in1", "depot:/a") : child);
        if (withTransfer)
        {
            FakeTransferBatch batch = await _provider.NextBatchAsync();
            Assert.That(File.Exists(Path.Combine(engine.WorkdirOf(jobs[1]), "mesh.dat")), Is.False, "transfers first");
            batch.ArriveAll();
        }

        Job ended = await engine.EndAsync(jobs[1]);
        Assert.That((ended.State, ended.GetResult<string>()), Is.EqualTo((JobState.JobFinished, "mesh")), ended.Failure?.Message);
    }

    private static async Task<string> WriteAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "mesh", cancellationToken);
        return "mesh";
    }

    [Test]
    public async Task Links_ThatCannotBeMade_FailTheJob()
    {
        await using EngineHarness engine = await StagingSite.StartAsync(store, _provider);
        NewJob parent = Work.NewJob("parent");
        var child = new NewJob("Heir", "taken/child");
        child.WithParameters("child").After(parent);
        Directory.CreateDirectory(Path.Combine(engine.Directory, "data"));
        await File.WriteAllTextAsync(Path.Combine(engine.Directory, "data", "taken"), "no directory");
        IReadOnlyList<Job> jobs = await engine.SubmitAsync(parent, child);
        Job ended = await engine.EndAsync(jobs[1]);
        Assert.That((ended.State, ended.Failure!.Kind), Is.EqualTo((JobState.Failed, FailureKind.Transfer)));
        Assert.That(ended.Failure.Message, Does.StartWith("The inputs from the job's parents could not be linked: "));
        JobEvent last = (await engine.Client.GetHistoryAsync(ended.Id))[^1];
        Assert.That((last.From, last.Trigger), Is.EqualTo((JobState.Ready, JobTrigger.TransferFailed)));
    }
}
