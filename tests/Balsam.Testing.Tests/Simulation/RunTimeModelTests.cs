using Balsam.Testing.Simulation;

namespace Balsam.Testing.Tests.Simulation;

[TestFixture]
public sealed class RunTimeModelTests
{
    private sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public override CommandTemplate Command => "relax {{ method }} {{ atoms }}";

        internal sealed record Parameters(string Method, int Atoms);
    }

    [TestCaseSource(nameof(Distributions))]
    public void Draw_ManyTimes_HasTheMeanOfTheDistribution(IRunTimeModel model, double mean)
    {
        var random = new Random(1);
        double[] seconds = [.. Enumerable.Range(0, 20_000).Select(_ => model.Draw(Job("hf", 1), random).Duration.TotalSeconds)];
        Assert.That(seconds.Average(), Is.EqualTo(mean).Within(mean * 0.03));
    }

    private static IEnumerable<TestCaseData> Distributions()
    {
        yield return new TestCaseData(RunTimeModel.Fixed(TimeSpan.FromSeconds(10)), 10.0).SetName("Draw_Fixed_HasItsMean");
        yield return new TestCaseData(RunTimeModel.Normal(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(10)), 100.0).SetName("Draw_Normal_HasItsMean");
        yield return new TestCaseData(RunTimeModel.LogNormal(TimeSpan.FromSeconds(100), 0.5), 100 * Math.Exp(0.125)).SetName("Draw_LogNormal_HasItsMean");
        yield return new TestCaseData(RunTimeModel.Exponential(TimeSpan.FromSeconds(100)), 100.0).SetName("Draw_Exponential_HasItsMean");
        yield return new TestCaseData(RunTimeModel.Empirical([new DrawnRun(TimeSpan.FromSeconds(10)), new DrawnRun(TimeSpan.FromSeconds(30))]), 20.0).SetName("Draw_Empirical_HasItsMean");
    }

    [Test]
    public void WithFailures_AShare_FailsThatManyOnTheirWay()
    {
        IRunTimeModel model = RunTimeModel.Fixed(TimeSpan.FromSeconds(10)).WithFailures(0.25, exitCode: 9);
        var random = new Random(1);
        DrawnRun[] runs = [.. Enumerable.Range(0, 10_000).Select(_ => model.Draw(Job("hf", 1), random))];
        Assert.That(runs.Count(run => run.ExitCode == 9), Is.EqualTo(2500).Within(150));
        Assert.That(runs.Where(run => run.ExitCode == 9).Select(run => run.Duration.TotalSeconds), Is.All.LessThan(10.0));
    }

    [Test]
    public async Task Learn_FromTheEventsOfAStore_DrawsFromTheSameThenTheNearestParametersThenTheApplication()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Relax>());
        host.Runs<Relax>().Take(run => TimeSpan.FromMinutes(run.GetParameters<Relax.Parameters>().Atoms));
        host.Runs<Relax>().When((Relax.Parameters parameters) => parameters.Method == "bad").Take(TimeSpan.FromSeconds(1)).Exit(4);
        await host.Client.SubmitAsync(
            new[] { ("hf", 10), ("hf", 10), ("hf", 50), ("mp2", 100), ("bad", 5) }.Select(given => Relax.NewJob(new Relax.Parameters(given.Item1, given.Item2))));
        await host.RunUntilIdleAsync();

        LearnedRunTimes model = await RunTimeModel.LearnAsync(host.Client);

        Assert.That(model.Samples, Is.EqualTo(5));
        Assert.That(model.Know(Job("hf", 10)), Is.EqualTo(new LearnedFrom(LearningBasis.SameParameters, 2)));
        Assert.That(Draw("hf", 10), Is.EqualTo(new DrawnRun(TimeSpan.FromMinutes(10))));
        Assert.That(model.Know(Job("hf", 45)), Is.EqualTo(new LearnedFrom(LearningBasis.NearestParameters, 1)));
        Assert.That(Draw("hf", 45), Is.EqualTo(new DrawnRun(TimeSpan.FromMinutes(50))));
        Assert.That(model.Know(Job("ccsd", 10)), Is.EqualTo(new LearnedFrom(LearningBasis.Application, 5)));
        Assert.That(Draw("bad", 5), Is.EqualTo(new DrawnRun(TimeSpan.FromSeconds(1), 1)));
        SimulatedJob unknown = Job("hf", 1) with { Application = "Other" };
        Assert.That(model.Know(unknown), Is.Null);
        Assert.That(() => model.Draw(unknown, new Random(1)), Throws.InvalidOperationException.With.Message.Contains("known are: Relax"));
        LearnedRunTimes byMethod = await RunTimeModel.LearnAsync(host.Client, parameters: ["method"]);
        Assert.That(byMethod.Know(Job("hf", 999)), Is.EqualTo(new LearnedFrom(LearningBasis.SameParameters, 3)));

        DrawnRun Draw(string method, int atoms) => model.Draw(Job(method, atoms), new Random(1));
    }

    [Test]
    public async Task LearnOverhead_FromRunsOfKnownLength_IsWhatTheyTookLonger()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Relax>());
        host.Runs<Relax>().Take(run => TimeSpan.FromSeconds(run.GetParameters<Relax.Parameters>().Atoms + 3));
        NewJob parent = Relax.NewJob(new Relax.Parameters("hf", 10));
        await host.Client.SubmitAsync([parent, Relax.NewJob(new Relax.Parameters("hf", 20)).After(parent)]);
        await host.RunUntilIdleAsync();
        LauncherOverhead overhead = await LauncherOverhead.LearnAsync(host.Client, job => TimeSpan.FromSeconds(job.GetParameters<Relax.Parameters>().Atoms));
        Assert.That(overhead, Is.EqualTo(new LauncherOverhead(TimeSpan.FromSeconds(3), TimeSpan.Zero)));
        Assert.That(
            () => LauncherOverhead.LearnAsync(host.Client, _ => TimeSpan.Zero, host.Client.Jobs.InState(JobState.Failed)), Throws.InvalidOperationException.With.Message.Contains("nothing to learn"));
    }

    private static SimulatedJob Job(string method, int atoms) => new() { Application = "Relax", Parameters = JobData.From(new Relax.Parameters(method, atoms)) };
}
