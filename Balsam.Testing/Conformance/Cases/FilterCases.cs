using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Random filters over random jobs: the store gives what a plain evaluation of the filter gives, whatever it looks up in indexes.</summary>
internal static class FilterCases
{
    private const int Seeds = 4;
    private const int Jobs = 50;
    private const int Filters = 120;

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        .. Enumerable.Range(1, Seeds).Select(seed => new StoreConformanceCase(
            FormattableString.Invariant($"Query_RandomFilters{seed}_MatchThePlainEvaluation"),
            FormattableString.Invariant($"{Filters} random filters over random jobs (seed {seed}) select, order, page and count as a plain evaluation does."),
            context => RandomAsync(context, seed))),
        new("Query_Tag_ComesInOrderOfNumberThroughAllPages", "The jobs of a tag come in order of number, rising and falling, however many and however late they were tagged.", ManyTagged),
        new("Query_BehindAJob_ContinuesWithTheNext", "A range of numbers begins and ends exactly, for every way of looking jobs up.", Ranges),
        new("Query_AnyPlan_IsDescribed", "The store says in words how it would answer.", Plans),
    ];

    private static async Task<IReadOnlyList<Job>> PopulateAsync(StoreConformanceContext context, Random random)
    {
        List<JobId> ids = [.. (await context.AddManyAsync(3)).Select(job => job.Id)];
        for (int i = ids.Count; i < Jobs; i++)
        {
            context.Fixture.Advance(TimeSpan.FromMilliseconds(random.Next(0, 3)));
            ids.Add((await context.AddAsync(StoreConformanceContext.Addition(random.Next(3) == 0 ? [ParentReference.To(ids[random.Next(3)])] : []) with
            {
                Application = random.Next(2) == 0 ? "App" : "Other",
                Site = random.Next(4) == 0 ? "theta" : "local",
                Key = random.Next(2) == 0 ? null : FormattableString.Invariant($"key/{i}"),
                Workdir = $"study/{(char)('a' + random.Next(3))}/{random.Next(4)}",
                Priority = random.Next(-1, 2),
                Tags = random.Next(3) == 0 ? [] : new Dictionary<string, string> { ["study"] = random.Next(2) == 0 ? "a" : "b", [$"k{random.Next(3)}"] = "" },
                Parameters = RandomData(random),
                Data = RandomData(random),
                Transfers = RandomTransfers(random),
            }))[0].Id);
        }

        foreach (JobId id in ids.Where(_ => random.Next(2) == 0))
        {
            context.Fixture.Advance(TimeSpan.FromMilliseconds(random.Next(0, 3)));
            if (random.Next(4) == 0)
            {
                await context.CancelAsync(id);
            }
            else if ((await context.GetAsync(id)).State is JobState.StagedIn or JobState.Ready)
            {
                JobState[] targets = [JobState.Preprocessed, JobState.Running, JobState.RunDone, JobState.Postprocessed, JobState.StagedOut, JobState.JobFinished];
                JobChange change = context.Towards(await context.GetAsync(id), targets[random.Next(targets.Length)]);
                bool cleanUp = change.After.State == JobState.JobFinished && random.Next(2) == 0;
                await context.CommitAsync(change.Edit(fields => fields with { IsCleanupPending = cleanUp }, context.Now));
            }
        }

        foreach (Job job in (await context.Store.FindAsync(ids, CancellationToken.None)).Where(job => job.State is JobState.Ready or JobState.Postprocessed && random.Next(2) == 0))
        {
            JobChange change = new(job);
            foreach (TransferItem item in job.Transfers.Where(item => item.State == TransferState.Pending && random.Next(2) == 0))
            {
                TransferState state = (TransferState)random.Next((int)TransferState.Active, (int)TransferState.Failed + 1);
                change.EditTransfer(item.Slot, moved => moved with { State = state }, context.Now);
                if (state == TransferState.Failed && random.Next(2) == 0)
                {
                    change.Fail(JobTrigger.TransferFailed, context.Now, new FailureDetails { Kind = FailureKind.Transfer, Message = "no such file" });
                    break;
                }
            }

            if (change.After.Version > job.Version)
            {
                await context.CommitAsync(change);
            }
        }

        return await context.Store.FindAsync(ids, CancellationToken.None);
    }

    private static ImmutableArray<TransferItem> RandomTransfers(Random random) =>
    [
        .. Enumerable.Range(0, Math.Max(0, random.Next(-2, 4))).Select(i => new TransferItem
        {
            Slot = FormattableString.Invariant($"slot{i}"), Direction = random.Next(2) == 0 ? TransferDirection.In : TransferDirection.Out, LocalPath = "a",
            Remote = TransferAddress.Parse(random.Next(3) switch { 0 => "laptop:/a", 1 => "disk:/a", _ => "https://host/a" }),
        }),
    ];

    private static JobData RandomData(Random random) => random.Next(6) switch
    {
        0 => JobData.Empty,
        1 => JobData.Parse("""{"energy":null,"label":"b","['a.b']":1}"""),
        2 => JobData.Parse("""{"energy":-2.5,"n":3,"label":"a","flag":true,"a.b":1}"""),
        3 => JobData.Parse("""{"energy":1.0,"n":1,"fit":{"points":[{"x":1},{"x":2}]}}"""),
        4 => JobData.Parse("""{"energy":"1","fit":{"points":[{"x":-2.5},1]},"flag":false}"""),
        _ => JobData.Parse(FormattableString.Invariant($$"""{"energy":{{random.Next(-3, 4)}},"n":{{random.NextDouble()}}}""")),
    };

    private static async Task RandomAsync(StoreConformanceContext context, int seed)
    {
        var random = new Random(seed);
        IReadOnlyList<Job> jobs = await PopulateAsync(context, random);
        var filters = new RandomFilters(random, jobs);
        for (int i = 0; i < Filters; i++)
        {
            var selector = new JobSelector
            {
                Filter = filters.Next(),
                OrderBy = (JobField)random.Next(5),
                Descending = random.Next(2) == 0,
                Skip = random.Next(2) == 0 ? 0 : random.Next(5),
                Take = random.Next(2) == 0 ? int.MaxValue : random.Next(10),
            };
            Job[] matching = [.. jobs.Where(selector.Filter.Matches)];
            Check.Sequence(
                matching.Order(selector.ToComparer()).Skip(selector.Skip).Take(selector.Take).Select(job => (job.Id, job.Version)),
                (await context.Store.QueryAsync(selector, CancellationToken.None)).Select(job => (job.Id, job.Version)),
                $"The jobs with {JobFilters.Describe(selector.Filter)}, by {selector.OrderBy}{(selector.Descending ? ", falling" : "")}");
            JobCounts counts = await context.Store.CountAsync(selector.Filter, CancellationToken.None);
            Check.Equal(new JobCounts(matching.Select(job => (job.State, 1L))).ToString(), counts.ToString(), $"The counts of jobs with {JobFilters.Describe(selector.Filter)}");
        }
    }

    private static async Task ManyTagged(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 1_300).Select(i =>
            StoreConformanceContext.Addition() with { Tags = i % 2 == 0 ? new Dictionary<string, string> { ["study"] = "a", ["run"] = i.ToString("D4", null) } : new Dictionary<string, string> { ["study"] = "aa" } })]);
        Job late = jobs[1];
        await context.CommitAsync(new JobChange(late).Edit(fields => fields with { Tags = new Dictionary<string, string> { ["study"] = "a" } }, context.Now));
        JobId[] tagged = [.. jobs.Where((job, i) => i % 2 == 0 || job.Id == late.Id).Select(job => job.Id)];
        foreach ((JobFilter filter, IEnumerable<JobId> expected) in (IEnumerable<(JobFilter, IEnumerable<JobId>)>)
            [
                (new TagFilter("study", "a"), tagged), (new TagFilter("study", null), jobs.Select(job => job.Id)), (new TagFilter("run", null), tagged.Where(id => id != late.Id)),
                (new TagFilter("study", "a").Or(new TagFilter("study", "aa")), jobs.Select(job => job.Id)), (new TagFilter("stud", null), []),
            ])
        {
            IReadOnlyList<Job> rising = await context.Store.QueryAsync(new JobSelector { Filter = filter }, CancellationToken.None);
            Check.Sequence(expected, rising.Select(job => job.Id), $"The jobs with {JobFilters.Describe(filter)}");
            IReadOnlyList<Job> falling = await context.Store.QueryAsync(new JobSelector { Filter = filter, Descending = true, Skip = 3, Take = 600 }, CancellationToken.None);
            Check.Sequence(expected.Reverse().Skip(3).Take(600), falling.Select(job => job.Id), $"The jobs with {JobFilters.Describe(filter)}, falling");
        }
    }

    private static async Task Ranges(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, 12).Select(i => StoreConformanceContext.Addition() with { Tags = new Dictionary<string, string> { ["study"] = "a" } })]);
        JobFilter[] ways = [JobFilter.All, new StateFilter(JobStates.Claimable), new TagFilter("study", "a"), new TagFilter("study", null), new IdFilter([.. jobs.Select(job => job.Id)])];
        foreach (JobFilter way in ways)
        {
            foreach (bool descending in (bool[])[false, true])
            {
                for (int place = 0; place < jobs.Count; place++)
                {
                    JobId id = jobs[place].Id;
                    IdRangeFilter behind = descending ? new(null, id) : new(id, null);
                    IEnumerable<Job> expected = descending ? jobs.Take(place).Reverse() : jobs.Skip(place + 1);
                    IReadOnlyList<Job> seen = await context.Store.QueryAsync(new JobSelector { Filter = way.And(behind), Descending = descending }, CancellationToken.None);
                    Check.Sequence(expected.Select(job => job.Id), seen.Select(job => job.Id), $"The jobs with {JobFilters.Describe(way.And(behind))}");
                }

                IReadOnlyList<Job> none = await context.Store.QueryAsync(new JobSelector { Filter = way.And(new IdRangeFilter(new JobId(long.MaxValue), null)), Descending = descending }, CancellationToken.None);
                Check.Equal(0, none.Count, "Jobs behind the largest number there is");
            }
        }
    }

    private static async Task Plans(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await PopulateAsync(context, new Random(3));
        var filters = new RandomFilters(new Random(3), jobs);
        for (int i = 0; i < 50; i++)
        {
            var selector = new JobSelector { Filter = filters.Next(), OrderBy = (JobField)(i % 5), Take = 10 };
            Check.That(!string.IsNullOrWhiteSpace(context.Store.DescribePlan(selector)), $"a plan for {selector.Filter}");
        }

        Check.That(context.Store.DescribePlan(new JobSelector { Filter = new IdFilter([jobs[0].Id]) }).Contains('1', StringComparison.Ordinal), "the plan of a look-up says how many numbers there are");
    }
}
