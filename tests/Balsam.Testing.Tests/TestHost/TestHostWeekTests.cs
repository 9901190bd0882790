using System.Globalization;

namespace Balsam.Testing.Tests;

[TestFixture]
public sealed class TestHostWeekTests
{
    private const int Chains = 20;
    private const int Length = 125;

    [Test]
    public async Task RunUntilIdle_AWeekOf2500JobsWithHooks_EveryJobFinishesOnItsDay()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(
            balsam => balsam.AddApplication<Relax>(), options => options.Nodes.Add(new NodeSpec("node", cores: Chains)));
        host.Runs<Relax>().Take(TimeSpan.FromMinutes(80)).Write("energy.txt", "-1");
        host.Runs<Relax>().FirstAttempts(1).When<Relax.Parameters>(parameters => parameters.Input.EndsWith('0')).Take(TimeSpan.FromMinutes(1)).Exit(1);
        List<NewJob> jobs = [];
        for (int i = 0; i < Chains * Length; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{i}");
            NewJob job = Relax.NewJob(name, new Relax.Parameters(name));
            jobs.Add(i < Chains ? job : job.After(jobs[i - Chains]));
        }

        long from = TimeProvider.System.GetTimestamp();
        IReadOnlyList<Job> submitted = await host.Client.SubmitAsync(jobs);
        IdleReport report = await host.RunUntilIdleAsync();
        TimeSpan real = TimeProvider.System.GetElapsedTime(from);

        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{jobs.Count} jobs, {host.Elapsed} of virtual time in {real.TotalMilliseconds:F0} ms: {jobs.Count / real.TotalSeconds:F0} jobs per second"));
        Assert.That(report.AllFinished, report.ToString());
        Assert.That(host.Elapsed, Is.InRange(TimeSpan.FromMinutes(80 * Length), TimeSpan.FromMinutes(82 * Length)));
        host.Expect(submitted).Finished();
        host.Expect(submitted.Where((_, i) => i % 10 == 0)).Ran(2);
        host.Expect(submitted[^1]).After(submitted[^(Chains + 1)]);
    }
}
