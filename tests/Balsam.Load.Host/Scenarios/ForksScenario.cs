using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>
/// Jobs whose processes replace each other by new ones without pause, so many generations at most: each forks its successor and ends. They never become
/// more, so nothing happens to the machine when they are not stopped, but whoever looks for one finds that it has gone.
/// </summary>
/// <param name="leavesSession">Whether each begins a session of its own, and so leaves the group that a signal reaches.</param>
internal sealed class ForksScenario(bool leavesSession) : IScenario
{
    // At any time at most twice as many live, for a moment: below 50.
    private const int Lines = 10;

    // A look takes much longer than a generation lives: what is left is met, or says itself that it came later.
    private const int Looks = 10;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, 2, balsam => balsam.AddApplication<Script>(), options => options.KillGrace = Grace);
        BalsamClient client = site.Client;
        string hop = Path.Combine(directory, "hop");
        string next = leavesSession ? "setsid sh \"$0\"" : "sh \"$0\"";
        await File.WriteAllTextAsync(hop, $"#!/bin/sh\ntrap '' TERM HUP\n[ \"$1\" -gt 0 ] || exit 0\n{next} $(($1 - 1)) &\n[ \"$1\" -gt {size - 5} ] || : >> \"{directory}/going\"\n[ ! -e \"{directory}/ended\" ] || : > \"{directory}/survived\"\nexit 0\n");
        string start = $"trap '' TERM; i=0; while [ $i -lt {Lines} ]; do sh '{hop}' {size} & i=$((i + 1)); done; while :; do sleep 1; done";

        Job job = await client.SubmitAsync(Script.NewJob("forks", new Script.Parameters(start)));
        await figures.TimeAsync("going", () => Processes.UntilAsync(() => File.Exists(Path.Combine(directory, "going"))));
        await figures.TimeAsync("stop", async () =>
        {
            await client.CancelAsync(job.Id, "it forks");

            // The launcher is idle only when it is sure that nothing is left of the run.
            await site.RunUntilIdleAsync();
        });
        await File.WriteAllTextAsync(Path.Combine(directory, "ended"), "");
        for (int look = 0; look < Looks; look++)
        {
            int left = Processes.WithEnvironment(directory).Length;
            Check.That(left == 0 && !File.Exists(Path.Combine(directory, "survived")), "Processes are left of a run that was reported as ended.");
        }
    }
}
