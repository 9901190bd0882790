using System.Globalization;
using System.Text;

namespace Balsam.Testing.Tests;

/// <summary>300 jobs with hooks that read, wait and submit, functions that wait, retries with delays, several nodes, and durations that are drawn.</summary>
internal static class SeededCampaign
{
    private const int Jobs = 300;

    public static async Task<string> RunAsync(int seed)
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(
            balsam => balsam.AddApplication<Plain>().AddApplication<Hooked>().AddApplication<Sleeper>(),
            options =>
            {
                options.Seed = seed;
                foreach (int i in Enumerable.Range(1, 3))
                {
                    options.Nodes.Add(new NodeSpec(string.Create(CultureInfo.InvariantCulture, $"node{i}"), cores: 8));
                }
            });
        // Whole minutes, so that many end at the same instant.
        host.Runs().Take(static run => TimeSpan.FromMinutes(run.Random.Next(1, 30))).Exit(static run => run.Random.Next(4) == 0 ? 1 : 0);
        List<NewJob> jobs = [];
        for (int i = 0; i < Jobs; i++)
        {
            string workdir = string.Create(CultureInfo.InvariantCulture, $"job-{i}");
            NewJob job = (i % 5) switch
            {
                0 => Plain.Job(workdir, i).WithResources(new JobResources { Nodes = 1 + (i % 2), WallTime = TimeSpan.FromMinutes(30) }),
                1 => Sleeper.NewJob(workdir, TimeSpan.FromMinutes(i % 7)),
                _ => Hooked.NewJob(workdir, new Hooked.Parameters(i)),
            };
            jobs.Add(i >= 40 && i % 3 == 0 ? job.After(jobs[i - 40]) : job);
        }

        await host.Client.SubmitAsync(jobs);
        await host.RunUntilIdleAsync();
        await host.ExpectAllEndedAsync();
        var stream = new StringBuilder();
        await foreach (JobEvent step in host.Client.Events)
        {
            stream.Append(step).Append(' ').Append(step.Data.Json).Append('\n');
        }

        return stream.ToString();
    }

    /// <summary>Hooks that do real work, wait for virtual time, and submit; several at a time.</summary>
    public sealed class Hooked(TimeProvider time) : ApplicationDefinition<Hooked.Parameters>
    {
        public sealed record Parameters(int Number);

        public override CommandTemplate Command => "hooked {{ number }}";

        protected override async Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            await File.WriteAllTextAsync(Path.Combine(context.Workdir, "input"), context.Id.ToString(), cancellationToken);
            await Task.Yield();
            await Task.WhenAll(Task.Delay(TimeSpan.FromSeconds(context.Id.Value % 4), time, cancellationToken), Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken));
            return PreprocessOutcome.Ready;
        }

        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            string text = await File.ReadAllTextAsync(Path.Combine(context.Workdir, "input"), cancellationToken).ConfigureAwait(false);
            context.Data.Set("read", text);
            if (context.Id.Value % 6 == 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(false);
                context.Submit(Plain.Job($"of-{context.Id}-{context.Attempt}"));
            }

            return PostprocessOutcome.Done;
        }

        protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) => Task.FromResult(
            context.Attempt < 3 ? ErrorOutcome.Restart("again", TimeSpan.FromMinutes(context.Attempt)) : ErrorOutcome.Fail("three attempts"));
    }
}
