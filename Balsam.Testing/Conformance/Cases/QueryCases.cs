using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Queries and counts against a naive evaluation of the same selection.</summary>
internal static class QueryCases
{
    private const int Jobs = 60;

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Find_Several_KeepsTheOrderAsked", "Jobs come in the order asked; those that do not exist are left out.", Find),
        new("Query_EachFilter_MatchesTheNaiveEvaluation", "Every kind of filter, alone and combined, selects what it says, and is counted so.", Filters),
        new("Query_EachOrder_BreaksTiesByNumber", "Every order field in both directions, ties by rising number.", Orders),
        new("Query_Paged_GivesEachJobOnce", "Pages of any order hold every job once.", Pages),
        new("Query_PagedWhileJobsChangeState_GivesEachJobOnce", "Pages by number stay stable while jobs change state.", PagesWhileChanging),
        new("Query_TakeOfZero_IsEmpty", "A page of no jobs, and a page behind the end, are empty.", EmptyPages),
        new("Query_Workdir_IsAWholeName", "A directory holds itself and what lies below it, not names that merely begin alike.", Workdirs),
        new("Query_Cancelled_Ends", "A query with a cancelled token gives no jobs.", Cancelled),
        new("Count_ByState_FollowsEveryStep", "The counts by state are those of the stored jobs after each step.", Counts),
    ];

    private static async Task<IReadOnlyList<Job>> PopulateAsync(StoreConformanceContext context)
    {
        var random = new Random(11);
        IReadOnlyList<Job> roots = await context.AddManyAsync(3);
        List<JobId> ids = [.. roots.Select(job => job.Id)];
        for (int i = ids.Count; i < Jobs; i++)
        {
            context.Fixture.Advance(TimeSpan.FromMilliseconds(random.Next(0, 2)));
            ids.Add((await context.AddAsync(StoreConformanceContext.Addition(random.Next(3) == 0 ? [ParentReference.To(ids[random.Next(3)])] : []) with
            {
                Application = random.Next(2) == 0 ? "App" : "Other",
                Site = random.Next(4) == 0 ? "theta" : "local",
                Workdir = $"study/{(char)('a' + random.Next(3))}/{random.Next(4)}",
                Priority = random.Next(-1, 2),
                Tags = random.Next(3) == 0 ? [] : new Dictionary<string, string> { ["study"] = random.Next(2) == 0 ? "a" : "b", [$"k{random.Next(3)}"] = "" },
            }))[0].Id);
        }

        foreach (JobId id in ids.Where(_ => random.Next(2) == 0))
        {
            Job job = await context.GetAsync(id);
            if (job.State == JobState.StagedIn)
            {
                JobState[] targets = [JobState.Preprocessed, JobState.Running, JobState.RunDone, JobState.StagedOut, JobState.JobFinished];
                await context.BringToAsync(id, targets[random.Next(targets.Length)]);
            }
        }

        await context.CancelAsync(ids[^1]);
        return await context.Store.FindAsync(ids, CancellationToken.None);
    }

    private static async Task Find(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(4);
        await context.FinishAsync(jobs[2].Id);
        JobId[] asked = [jobs[3].Id, jobs[2].Id, new JobId(50), jobs[0].Id];
        IReadOnlyList<Job> found = await context.Store.FindAsync(asked, CancellationToken.None);
        Check.Sequence([jobs[3].Id, jobs[2].Id, jobs[0].Id], found.Select(job => job.Id), "The jobs found");
        Check.Equal(0, (await context.Store.FindAsync([], CancellationToken.None)).Count, "Jobs found by no number");
    }

    private static IEnumerable<JobFilter> FiltersFor(IReadOnlyList<Job> jobs)
    {
        JobFilter app = new ApplicationFilter("App");
        JobFilter final = new StateFilter(JobStates.Final);
        JobFilter staged = new StateFilter(JobStateSet.Of(JobState.StagedIn, JobState.Preprocessed));
        JobFilter study = new TagFilter("study", "a");
        JobFilter some = new IdFilter([jobs[1].Id, jobs[7].Id, jobs[20].Id, new JobId(9_999)]);
        JobFilter[] single =
        [
            JobFilter.All, app, new ApplicationFilter("Nobody"), final, staged, new StateFilter(JobStateSet.Empty), new StateFilter(JobStates.All), new SiteFilter("theta"), study,
            new TagFilter("study", null), new TagFilter("k1", ""), new TagFilter("STUDY", "a"), new WorkdirFilter("study/a"), new WorkdirFilter("study/b/1"), new WorkdirFilter("nowhere"),
            new ChildOfFilter(jobs[0].Id), new ChildOfFilter(new JobId(9_999)), some, new IdFilter(ImmutableHashSet<JobId>.Empty),
        ];
        return
        [
            .. single, .. single.Select(filter => filter.Not()), .. single.Select(filter => filter.And(app)), .. single.Select(filter => filter.Or(study)),
            .. single.Select(filter => final.Not().And(filter).And(new SiteFilter("local"))), .. single.Select(filter => filter.Or(some).Not().And(staged.Or(final))),
            new AndFilter([some, new IdFilter([jobs[7].Id])]), new AndFilter([final, staged]), new OrFilter([]), new AndFilter([new AndFilter([]), new AndFilter([final])]),
        ];
    }

    private static async Task Filters(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await PopulateAsync(context);
        foreach (JobFilter filter in FiltersFor(jobs))
        {
            Job[] expected = [.. jobs.Where(filter.Matches)];
            foreach (bool descending in (bool[])[false, true])
            {
                IReadOnlyList<Job> seen = await context.Store.QueryAsync(new JobSelector { Filter = filter, Descending = descending }, CancellationToken.None);
                Check.Sequence((descending ? expected.Reverse() : expected).Select(job => (job.Id, job.Version)), seen.Select(job => (job.Id, job.Version)), $"The jobs of {filter}");
            }

            JobCounts counts = await context.Store.CountAsync(filter, CancellationToken.None);
            foreach (JobState state in JobStates.All)
            {
                Check.Equal(expected.Count(job => job.State == state), counts[state], $"The count of {state.ToText()} of {filter}");
            }
        }
    }

    private static async Task Orders(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await PopulateAsync(context);
        JobFilter local = new SiteFilter("local");
        foreach (JobField field in Enum.GetValues<JobField>())
        {
            foreach (bool descending in (bool[])[false, true])
            {
                foreach (JobFilter filter in (JobFilter[])[JobFilter.All, local, new StateFilter(JobStates.Claimable)])
                {
                    var selector = new JobSelector { Filter = filter, OrderBy = field, Descending = descending, Skip = 2, Take = 41 };
                    Check.Sequence(
                        Sorted(jobs.Where(filter.Matches), field, descending).Skip(2).Take(41).Select(job => job.Id),
                        (await context.Store.QueryAsync(selector, CancellationToken.None)).Select(job => job.Id),
                        $"The order by {field}{(descending ? ", descending" : "")} of {filter}");
                }
            }
        }
    }

    private static IEnumerable<Job> Sorted(IEnumerable<Job> jobs, JobField field, bool descending)
    {
        Job[] byId = [.. jobs.OrderBy(job => job.Id)];
        return field switch
        {
            JobField.Id => descending ? byId.Reverse() : byId,
            JobField.LastUpdate => descending ? byId.OrderByDescending(job => job.LastUpdate) : byId.OrderBy(job => job.LastUpdate),
            JobField.State => descending ? byId.OrderByDescending(job => (int)job.State) : byId.OrderBy(job => (int)job.State),
            JobField.Workdir => descending ? byId.OrderByDescending(job => job.Workdir, StringComparer.Ordinal) : byId.OrderBy(job => job.Workdir, StringComparer.Ordinal),
            JobField.Priority => descending ? byId.OrderByDescending(job => job.Priority) : byId.OrderBy(job => job.Priority),
            _ => throw new ConformanceException($"The suite does not know the order {field}; add it here."),
        };
    }

    private static async Task Pages(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await PopulateAsync(context);
        foreach (JobField field in Enum.GetValues<JobField>())
        {
            List<JobId> paged = [];
            for (int skip = 0; skip < Jobs; skip += 7)
            {
                IReadOnlyList<Job> page = await context.Store.QueryAsync(new JobSelector { OrderBy = field, Descending = true, Skip = skip, Take = 7 }, CancellationToken.None);
                Check.Equal(Math.Min(7, Jobs - skip), page.Count, "Jobs on the page");
                paged.AddRange(page.Select(job => job.Id));
            }

            Check.SameSet(jobs.Select(job => job.Id), paged, $"The jobs of all pages by {field}");
        }
    }

    private static async Task PagesWhileChanging(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(40);
        foreach (bool descending in (bool[])[false, true])
        {
            List<JobId> paged = [];
            for (int skip = 0; skip < 40; skip += 8)
            {
                paged.AddRange((await context.Store.QueryAsync(new JobSelector { Descending = descending, Skip = skip, Take = 8 }, CancellationToken.None)).Select(job => job.Id));
                Job changing = await context.GetAsync(jobs[skip].Id);
                await context.CommitAsync(descending ? context.Cancellation(changing) : context.Towards(changing, JobState.Running));
                await context.CommitAsync(context.Towards(await context.GetAsync(jobs[skip + 3].Id), descending ? JobState.JobFinished : JobState.RunDone));
            }

            Check.Sequence(descending ? jobs.Select(job => job.Id).Reverse() : jobs.Select(job => job.Id), paged, $"The pages{(descending ? ", descending" : "")}");
        }
    }

    private static async Task EmptyPages(StoreConformanceContext context)
    {
        Check.Equal(0, (await context.AllJobsAsync()).Count, "Jobs of an empty store");
        await context.AddManyAsync(3);
        foreach (JobSelector selector in (JobSelector[])[new() { Take = 0 }, new() { Skip = 3 }, new() { Skip = 9, Descending = true }, new() { Skip = 3, OrderBy = JobField.Priority }])
        {
            Check.Equal(0, (await context.Store.QueryAsync(selector, CancellationToken.None)).Count, $"Jobs of {selector}");
        }
    }

    private static async Task Workdirs(StoreConformanceContext context)
    {
        string[] workdirs = ["a", "a/b", "a/b/c", "ab", "a.b", "A/b", "b/a", "a%/x", "a_/x", "aX/x", "a\uffff/x"];
        await context.AddAsync([.. workdirs.Select(workdir => StoreConformanceContext.Addition() with { Workdir = workdir })]);
        foreach ((string directory, string[] expected) in (IEnumerable<(string, string[])>)
            [
                ("a", ["a", "a/b", "a/b/c"]), ("a/b", ["a/b", "a/b/c"]), ("a/b/c/d", []), ("A", ["A/b"]), ("a%", ["a%/x"]), ("a_", ["a_/x"]), ("a\uffff", ["a\uffff/x"]),
            ])
        {
            IReadOnlyList<Job> seen = await context.Store.QueryAsync(new JobSelector { Filter = new WorkdirFilter(directory) }, CancellationToken.None);
            Check.Sequence(expected, seen.Select(job => job.Workdir), $"The jobs under '{directory}'");
        }
    }

    private static async Task Cancelled(StoreConformanceContext context)
    {
        await context.AddManyAsync(3);
        var cancelled = new CancellationToken(canceled: true);
        await Check.ThrowsAsync<OperationCanceledException>(() => context.Store.QueryAsync(new JobSelector { Filter = new TagFilter("a", "b") }, cancelled), "A cancelled query");
    }

    private static async Task Counts(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition() with { Application = "Other" });
        foreach (JobState target in (JobState[])[JobState.Preprocessed, JobState.Running, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished])
        {
            await context.BringToAsync(jobs[0].Id, target);
            JobCounts counts = await context.Store.CountAsync(JobFilter.All, CancellationToken.None);
            Check.Equal(1L, counts[target], $"Jobs in {target.ToText()}");
            Check.Equal(3L, counts.Total, "All jobs");
        }

        await context.CancelAsync(jobs[2].Id);
        Check.Equal("STAGED_IN 1, JOB_FINISHED 1, FAILED 1", (await context.Store.CountAsync(JobFilter.All, CancellationToken.None)).ToString(), "The counts");
        Check.Equal("STAGED_IN 1, JOB_FINISHED 1", (await context.Store.CountAsync(new ApplicationFilter("App"), CancellationToken.None)).ToString(), "The counts of one application");
        Check.Equal("FAILED 1", (await context.Store.CountAsync(new StateFilter(JobStateSet.Of(JobState.Failed, JobState.Running)), CancellationToken.None)).ToString(), "The counts of two states");
    }
}
