using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>
/// So many jobs that leave processes behind, in their group and in sessions of their own. Those of the group end with the job. A daemon of a job that ended by
/// itself may be meant to live on; it never meets the job's next attempt, nor the next launcher, and it ends with a job that is cancelled.
/// </summary>
internal sealed class DaemonsScenario : IScenario
{
    private const string Leaves = "sleep 600 & setsid sh -c 'echo $$ > daemon; sleep 601' & while [ ! -s daemon ]; do sleep 0.01; done; exit 0";
    private const string Stays = "setsid sh -c 'echo $$ > daemon; sleep 601' & while [ ! -s daemon ]; do sleep 0.01; done; : > ready; sleep 602";

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        static void Configure(IBalsamBuilder balsam) => balsam.AddApplication<Script>();
        IReadOnlyList<Job> leaving;
        BalsamSite site = await Sites.OpenAsync(directory, size, Configure);
        await using (site)
        {
            BalsamClient client = site.Client;
            leaving = await client.SubmitAsync(Enumerable.Range(0, size).Select(i => Script.NewJob(FormattableString.Invariant($"l/{i}"), new Script.Parameters(Leaves))));
            await figures.TimeAsync("run", () => site.RunUntilIdleAsync());
            Check.Same(size, (await client.CountByStateAsync())[JobState.JobFinished]);

            // A process that was killed is gone a moment later, and each daemon has its child a moment after its number.
            await Processes.UntilAsync(() => Processes.WithEnvironment(directory).Length == 2 * size);
            int[] daemons = Processes.WithEnvironment(directory);

            // The next attempt of a job finds none of the one before; what is left then are the daemons of the second attempts.
            leaving.ToList().ForEach(job => File.Delete(Path.Combine(site.WorkdirOf(job), "daemon")));
            await client.RestartAsync(leaving);
            await figures.TimeAsync("run_again", () => site.RunUntilIdleAsync());
            await Processes.UntilAsync(() => Processes.WithEnvironment(directory).Length == 2 * size);
            int[] second = Processes.WithEnvironment(directory);
            Check.Same(0, second.Intersect(daemons).Count());

            IReadOnlyList<Job> staying = await client.SubmitAsync(Enumerable.Range(0, size).Select(i => Script.NewJob(FormattableString.Invariant($"s/{i}"), new Script.Parameters(Stays))));
            await Processes.UntilAsync(() => staying.All(job => File.Exists(Path.Combine(site.WorkdirOf(job), "ready"))));
            await figures.TimeAsync("cancel", async () =>
            {
                await client.CancelAsync(staying, "enough");
                await site.RunUntilIdleAsync();
            });
            await Processes.UntilAsync(() => Processes.WithEnvironment(directory).Length == 2 * size);
        }

        site = await figures.TimeAsync("reopen", () => Sites.OpenAsync(directory, size, Configure));
        await using (site)
        {
            Check.Same(0, Processes.WithEnvironment(directory).Length);
        }
    }
}
