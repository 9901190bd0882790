using System.Globalization;
using Balsam.Testing;
using ConvergenceLoop;

namespace Balsam.Samples.Tests;

[TestFixture]
public sealed class ConvergenceLoopTests
{
    private static Task<BalsamTestHost> StartAsync() => BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Refine>());

    [Test]
    public async Task Refine_ErrorsThatShrinkFourfold_StopsAtTheFirstBelowTheTolerance()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Refine>().Take(TimeSpan.FromMinutes(1)).Print(run => Text(Math.PI - (1 / Math.Pow(run.GetParameters<Refine.Parameters>().Intervals, 2))));
        await host.Client.SubmitAsync(Refine.Step(1, tolerance: 1e-3));

        await host.RunUntilIdleAsync();

        await host.ExpectAllFinishedAsync();
        List<Job> steps = await host.Client.Jobs.ToListAsync();
        Assert.That(steps.Select(step => step.GetParameters<Refine.Parameters>().Intervals), Is.EqualTo(new[] { 1, 2, 4, 8, 16, 32 }));
        Assert.That(steps.Where(step => step.Tags.ContainsKey("converged")), Is.EqualTo(steps[^1..]));
        for (int i = 1; i < steps.Count; i++)
        {
            host.Expect(steps[i]).After(steps[i - 1]);
        }
    }

    [Test]
    public async Task Refine_ValuesThatNeverSettle_FailsAtTheFinestStep()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Refine>().Take(TimeSpan.FromHours(1)).Print(run => Text(run.Random.NextDouble()));
        await host.Client.SubmitAsync(Refine.Step(1 << 20, tolerance: 1e-12));
        await host.RunUntilIdleAsync();
        Job last = await host.Client.Jobs.OrderByDescending(JobField.Id).FirstAsync();
        host.Expect(last).Failed(FailureKind.HookDecision, "not converged with 16777216 intervals").EndedAt(TimeSpan.FromHours(5));
    }

    [Test]
    public async Task Refine_OutputThatIsNoNumber_FailsWithTheHooksException()
    {
        await using BalsamTestHost host = await StartAsync();
        host.Runs<Refine>().Print("awk: out of memory");
        Job job = await host.Client.SubmitAsync(Refine.Step(1, tolerance: 1e-3));
        await host.RunUntilIdleAsync();
        host.Expect(job).Failed(FailureKind.HookException, "awk: out of memory");
    }

    private static string Text(double value) => value.ToString("F15", CultureInfo.InvariantCulture);
}
