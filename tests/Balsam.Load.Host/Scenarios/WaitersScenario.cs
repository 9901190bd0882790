using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Load.Host.Scenarios;

/// <summary>So many waiters for a job each, as many for all of these jobs, and as many for the first; a tenth of the jobs fail. Half of the waiters are cancelled first.</summary>
internal sealed class WaitersScenario : IScenario
{
    private const int Failing = 10;

    // A waiter is no thread.
    private const int MostThreads = 100;

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using BalsamSite site = await Sites.OpenAsync(directory, 16, balsam =>
        {
            balsam.Services.AddSingleton(gate);
            balsam.AddApplication<Held>().AddApplication<Echo>();
        });
        BalsamClient client = site.Client;
        NewJob first = Held.NewJob("held", 1);
        IReadOnlyList<Job> all = await client.SubmitAsync([first, .. Enumerable.Range(0, size).Select(i => Echo.NewJob(FormattableString.Invariant($"w/{i}"), i % Failing == 0 ? -1 : i).After(first))]);
        JobId[] jobs = [.. all.Skip(1).Select(job => job.Id)];

        using var leaving = new CancellationTokenSource();
        Task[] leavers = [.. jobs.Select(id => (Task)client.WaitAsync(id, leaving.Token)), .. jobs.Select(_ => client.WaitAsync(jobs, leaving.Token))];
        Task<Job>[] single = [.. jobs.Select(id => client.WaitAsync(id))];
        Task<IReadOnlyList<Job>>[] every = [.. jobs.Select(_ => client.WaitAsync(jobs, WaitFor.All))];
        Task<IReadOnlyList<Job>>[] any = [.. jobs.Select(_ => client.WaitAsync(jobs, WaitFor.First))];
        await figures.TimeAsync("leave", async () =>
        {
            await leaving.CancelAsync();
            await Task.WhenAll(leavers).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        });
        Check.Same(leavers.Length, leavers.Count(task => task.IsCanceled));
        Check.That(!single.Any(task => task.IsCompleted) && !every.Any(task => task.IsCompleted) && !any.Any(task => task.IsCompleted), "A waiter was told of an end before there was one.");
        gate.SetResult();
        await figures.TimeAsync("told", async () =>
        {
            await Task.WhenAll(single);
            await Task.WhenAll(every);
            await Task.WhenAll(any);
        });
        figures.Add("threads", ThisProcess.Threads);
        Check.AtMost(MostThreads, ThisProcess.Threads);
        Check.Same((size + Failing - 1) / Failing, (await Task.WhenAll(single)).Count(job => job.State == JobState.Failed));
        Check.That((await Task.WhenAll(every)).All(ended => ended.Count == size), "A waiter for all jobs was not given all.");
        Check.That((await Task.WhenAll(any)).All(ended => ended.Count >= 1), "A waiter for the first job was given none.");
    }
}
