using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>So many processes of <c>sleep</c> at one time on one launcher. Half of them are cancelled; the others are killed from outside, all at once.</summary>
/// <param name="hasDescriptors">Whether this process may open as many descriptors as it likes; where not, threads wait for the processes that cannot be watched otherwise.</param>
internal sealed class ProcessesScenario(bool hasDescriptors) : IScenario
{
    private const int Day = 86_400;

    // The launcher has no thread for each process: its loop, the runner, the store's writer, the pool and the runtime's own.
    private const int MostThreads = 100;

    // Nor a descriptor for each: those that watch processes travel in parcels of 128, and only the last parcel's lie open.
    private const int BaseDescriptors = 500;
    private const int ProcessesPerDescriptor = 100;

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, size, balsam => balsam.AddApplication<Sleep>(), options => options.KillGrace = TimeSpan.FromMinutes(10));
        BalsamClient client = site.Client;
        NewJob[] jobs = [.. Enumerable.Range(0, size).Select(i => Sleep.NewJob(FormattableString.Invariant($"s/{i / 100}/{i}"), new Sleep.Parameters(Day)))];
        IReadOnlyList<Job> submitted = await figures.TimeAsync("submit", () => client.SubmitAsync(jobs));
        await figures.TimeAsync("start", () => Processes.UntilAsync(() => Processes.Children().Length == size));
        Check.Same(size, (await client.CountByStateAsync())[JobState.Running]);
        figures.Add("threads", ThisProcess.Threads);
        figures.Add("descriptors", ThisProcess.Descriptors);
        Check.AtMost(MostThreads + (hasDescriptors ? 0 : size), ThisProcess.Threads);
        Check.AtMost(BaseDescriptors + (size / ProcessesPerDescriptor), ThisProcess.Descriptors);

        Job[] cancelled = [.. submitted.Take(size / 2)];
        ChangeReport report = await figures.TimeAsync("cancel_recorded", () => client.CancelAsync(cancelled, "half of them are enough"));
        Check.Same(cancelled.Length, report.Changed.Count);
        await figures.TimeAsync("cancel_ended", () => Processes.UntilAsync(() => Processes.Children().Length == size - cancelled.Length));

        Job[] killed = [.. submitted.Skip(size / 2)];
        await figures.TimeAsync("killed_recorded", async () =>
        {
            Array.ForEach(Processes.Children(), Processes.Kill);
            await client.WaitAsync(killed);
        });
        IdleReport idle = await figures.TimeAsync("idle", () => site.RunUntilIdleAsync());
        Check.Same(size, idle.Counts[JobState.Failed]);
        Check.Same(killed.Length, await client.Jobs.WithFailure(FailureKind.Signal).CountAsync());
        Check.Same(cancelled.Length, await client.Jobs.WithFailure(FailureKind.Cancelled).CountAsync());
        Check.Same(0, Processes.Children().Length);
    }
}
