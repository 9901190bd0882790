using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Care;

/// <summary>A campaign in a store of its own: jobs in most states, with tags, keys, parents, long data, and a history of more than one block each.</summary>
internal static class Campaign
{
    public static readonly ApplicationName App = "App";

    public static readonly FrozenDictionary<ApplicationName, JobStateSet> Wanted = FrozenDictionary.ToFrozenDictionary<ApplicationName, JobStateSet>([new(App, JobStates.Claimable)]);

    public static JobAddition Addition(int number, params IEnumerable<ParentReference> parents) => new()
    {
        Application = App,
        Site = SiteName.Local,
        Workdir = string.Create(CultureInfo.InvariantCulture, $"study/{number}"),
        Key = number % 2 == 0 ? string.Create(CultureInfo.InvariantCulture, $"key-{number}") : null,
        Tags = ImmutableDictionary<string, string>.Empty.Add("study", number % 3 == 0 ? "a" : "b").Add("number", number.ToString(CultureInfo.InvariantCulture)),
        Parameters = JobData.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"input":"{{new string('x', number % 50 * 40)}}","number":{{number}}}""")),
        Parents = [.. parents],
    };

    /// <summary>Adds jobs in fours (a mesh, two runs after it, a summary after these), and brings the first two thirds of them some way.</summary>
    public static async Task FillAsync(LiteDbJobStore store, int fours)
    {
        for (int four = 0; four < fours; four++)
        {
            int first = four * 4;
            JobAddition[] additions =
            [
                Addition(first), Addition(first + 1, ParentReference.ToIndex(0)), Addition(first + 2, ParentReference.ToIndex(0)),
                Addition(first + 3, ParentReference.ToIndex(1), ParentReference.ToIndex(2, DependencyCondition.Either)),
            ];
            IReadOnlyList<Job> added = (await store.CommitAsync([new JobCommit { Additions = additions }], CancellationToken.None))[0].Added;
            for (int i = 0; i < 4 && four < fours * 2 / 3; i++)
            {
                Job job = (await store.FindAsync([added[i].Id], CancellationToken.None))[0];
                JobChange change = new(job);
                if (four % 7 == 3 && i == 1)
                {
                    change.Fail(JobTrigger.Cancelled, Now(job), new FailureDetails { Kind = FailureKind.Cancelled, Message = "enough of this" });
                }
                else if (four % 5 != 4 || i == 0)
                {
                    Finish(change, four % 11 == 6 && i == 2 ? JobState.Running : JobState.JobFinished);
                }

                if (!ReferenceEquals(change.After, job))
                {
                    await store.CommitAsync([new JobCommit { Changes = [change] }], CancellationToken.None);
                }

                // A parent that is RUNNING or failed keeps its child where it is.
                if (change.After.State != JobState.JobFinished)
                {
                    break;
                }
            }
        }

        await store.OpenSessionAsync(new SessionRequest { Site = SiteName.Local, Host = "host", ProcessId = 17 }, CancellationToken.None);
        await store.RegisterApplicationsAsync([new ApplicationRecord { Name = App, ClassName = "Tests.App" }], CancellationToken.None);
    }

    /// <summary>Takes a job along the shortest way to a state.</summary>
    public static void Finish(JobChange change, JobState target)
    {
        while (change.After.State != target)
        {
            change.Apply(Next(change.After.State), Now(change.After));
        }
    }

    /// <summary>Every job of a store, in a form to compare.</summary>
    public static async Task<SortedDictionary<long, string>> DescribeAsync(IJobStore store)
    {
        SortedDictionary<long, string> jobs = [];
        foreach (Job job in await store.QueryAsync(new JobSelector(), CancellationToken.None))
        {
            IReadOnlyList<JobEvent> history = await store.ReadHistoryAsync(job.Id, CancellationToken.None);
            jobs.Add(job.Id.Value, $"{job} v{job.Version} {job.Key} [{string.Join(",", job.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))}] {job.Parameters.Json} after {string.Join(",", job.Parents)} {job.Failure?.Message}\n{string.Join("\n", history)}");
        }

        return jobs;
    }

    /// <summary>The page of the file on which the first jobs stand; these have ended.</summary>
    public static int FirstPageOfJobs(byte[] file) => Enumerable.Range(1, (file.Length / PageFormat.Size) - 1).First(page =>
        file.AsSpan(page * PageFormat.Size, PageFormat.Size) is var bytes && bytes[4] == 4 && bytes.IndexOf("study/"u8) >= 0 && bytes.IndexOf("chunks"u8) >= 0);

    private static DateTimeOffset Now(Job job) => job.LastUpdate.AddSeconds(1);

    private static JobTrigger Next(JobState state) => state switch
    {
        JobState.StagedIn => JobTrigger.Preprocessed,
        JobState.Preprocessed or JobState.RestartReady => JobTrigger.Started,
        JobState.Running => JobTrigger.RunSucceeded,
        JobState.RunDone => JobTrigger.Postprocessed,
        JobState.RunError or JobState.RunTimeout => JobTrigger.RetryRequested,
        JobState.Postprocessed => JobTrigger.StagedOut,
        JobState.StagedOut => JobTrigger.Finished,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No way from here."),
    };
}
