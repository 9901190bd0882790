namespace Balsam.Testing.Tests;

[TestFixture]
public sealed class BuilderTests
{
    [TestCase(2, JobTrigger.RetryRequested)]
    [TestCase(3, JobTrigger.HookFailed)]
    public async Task HandleError_CalledAlone_DecidesByTheJobThatWasMade(int attempt, JobTrigger expected)
    {
        Job job = TestJobs.Of<Relax>(new Relax.Parameters("a.xyz"), fields => fields with { State = JobState.RunError, Attempt = attempt, ReturnCode = 3 });
        Assert.That((job.State, job.GetParameters<Relax.Parameters>().Input, job.Workdir), Is.EqualTo((JobState.RunError, "a.xyz", "Relax")));
        HookOutcome outcome = await HookCalls.HandleErrorAsync(new Relax(), new JobContext(job, Path.GetTempPath()));
        Assert.That(outcome.Trigger, Is.EqualTo(expected));
    }

    [Test]
    public async Task OtherHooks_CalledAlone_EachIsTheOneNamed()
    {
        var application = new EachHook();
        var context = new JobContext(TestJobs.Of<EachHook>(), Path.GetTempPath());
        Assert.That((await HookCalls.PreprocessAsync(application, context)).Reason, Is.EqualTo("Preprocess"));
        Assert.That((await HookCalls.PostprocessAsync(application, context)).Reason, Is.EqualTo("Postprocess"));
        Assert.That((await HookCalls.HandleTimeoutAsync(application, context)).Reason, Is.EqualTo("HandleTimeout"));
    }

    [Test]
    public async Task Run_CalledAlone_ReturnsWhatTheStoreWouldGiveBack()
    {
        Job job = TestJobs.Of<Cores>(0);
        Placement placement = TestNodes.ShareOf(TestNodes.Of(1, cores: 8, gpus: 2)[0], cores: 3, gpus: 1);
        Assert.That(await HookCalls.RunAsync<int[]>(new Cores(), new RunContext(job, Path.GetTempPath(), placement)), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(placement.Shares[0].GpuIds, Is.EqualTo(new[] { "0" }));
    }

    [Test]
    public void Nodes_ByCount_AreAlikeAndPlacedWhole()
    {
        IReadOnlyList<NodeSpec> nodes = TestNodes.Of(3, cores: 4, gpus: 1, MemorySize.FromGibibytes(8));
        Assert.That(nodes.Select(node => node.ToString()), Is.EqualTo(new[] { "node1: 4 cores, 1 GPUs, 8 GiB", "node2: 4 cores, 1 GPUs, 8 GiB", "node3: 4 cores, 1 GPUs, 8 GiB" }));
        Assert.That(TestNodes.WholeOf([.. nodes]).Cores, Is.EqualTo(12));
    }

    [Test]
    public void Assembly_References_NoTestFramework() => Assert.That(
        typeof(BalsamTestHost).Assembly.GetReferencedAssemblies().Select(name => name.Name!.ToLowerInvariant()).Where(name => name.Contains("nunit") || name.Contains("xunit") || name.Contains("mstest")),
        Is.Empty);

    private sealed class EachHook : ApplicationDefinition
    {
        public override CommandTemplate Command => "each";

        protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken) => Task.FromResult(PreprocessOutcome.Fail(nameof(Preprocess)));

        protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken) => Task.FromResult(PostprocessOutcome.Fail(nameof(Postprocess)));

        protected override Task<TimeoutOutcome> HandleTimeout(JobContext context, CancellationToken cancellationToken) => Task.FromResult(TimeoutOutcome.Fail(nameof(HandleTimeout)));
    }

    private sealed class Cores : FunctionApplication<int, int[]>
    {
        protected override Task<int[]> Run(int input, RunContext context, CancellationToken cancellationToken) =>
            Task.FromResult(context.Placement.Shares.SelectMany(share => share.CoreIds).ToArray());
    }
}
