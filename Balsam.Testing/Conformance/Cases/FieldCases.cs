using System.Collections.Immutable;
using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Every field comes back as it was put in.</summary>
internal static class FieldCases
{
    private const string Odd = "ünï \"quoted\" 'single' \\ / $ü 漢字 🌲 \r\n\t \u2028 {{ x }} %s '; drop table jobs; --";

    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Fields_OfASubmit_RoundTrip", "Every field of an addition comes back from the add, from a find and from a query.", Submitted),
        new("Fields_OfAChange_RoundTrip", "Every field that a change can set comes back.", Changed),
        new("Fields_ClearedByAChange_AreCleared", "Fields that a change empties are empty.", Cleared),
        new("Fields_LargeJson_RoundTrips", "Parameters, data and results of 500,000 characters come back.", Large),
        new("Fields_AnyJsonValue_RoundTrips", "Parameters and data may be any JSON value, exactly.", JsonValues),
        new("Fields_OfAnEvent_RoundTrip", "An event keeps its message, its data and its instant.", Events),
        new("Fields_Instants_AreUtcMilliseconds", "Instants given in other offsets come back in UTC, cut to milliseconds.", Instants),
        new("Fields_AfterReopening_RoundTrip", "Every field is there after the store was opened again, of active and of ended jobs.", Reopened, needsDurability: true),
    ];

    internal static JobAddition OddAddition => new()
    {
        Application = "Odd-app_1.0",
        Site = "other.site",
        Key = "stüdy/漢字 '\"🌲 %_$",
        Workdir = "stüdy/漢字 '\"/1",
        Parameters = JobData.From(new { text = Odd, list = new[] { 1.5, -0.0, 1e-300 }, nested = new { a = (int?)null, b = true } }),
        Tags = new Dictionary<string, string> { [Odd] = Odd, ["empty"] = "", ["a"] = "A", ["A"] = "a", ["dotted.key$"] = "x" },
        Data = JobData.From(new { nan = double.NaN, infinite = double.NegativeInfinity, largest = long.MaxValue, Upper = "case", empty = Array.Empty<int>() }),
        Resources = OddResources,
        Priority = int.MinValue,
        HasInputsFromParents = true,
        Transfers =
        [
            new TransferItem { Slot = Odd, Direction = TransferDirection.In, Remote = TransferAddress.Parse("laptop:/stüdy/漢字 '\"🌲/a://b:c"), LocalPath = "in/ü '\"" },
            new TransferItem { Slot = "open", Direction = TransferDirection.In, Remote = TransferAddress.Parse("https://host:8443/stüdy/a%20b?x=1&y=ü#f"), LocalPath = "open" },
            new TransferItem { Slot = "OPEN", Direction = TransferDirection.Out, Remote = TransferAddress.Parse("lap.top-1_:/"), LocalPath = ".", IsRecursive = true },
        ],
    };

    private static TransferItem OddProgress(TransferItem item) => item with { State = TransferState.Active, Attempts = 3, Error = Odd, Files = int.MaxValue, Bytes = long.MaxValue };

    private static JobResources OddResources => new()
    {
        Nodes = 3,
        RanksPerNode = 7,
        ThreadsPerRank = 2,
        ThreadsPerCore = 4,
        GpusPerRank = 0.3333,
        MemoryPerNode = new MemorySize((1L << 40) + 1),
        PackingCount = 5,
        WallTime = TimeSpan.FromTicks(1),
        TimeLimit = TimeSpan.FromDays(400) + TimeSpan.FromTicks(7),
        IsInterruptible = true,
        Custom = new Dictionary<string, ResourceAmount> { ["licence \"ü\""] = 2.5, ["disk.bandwidth"] = ResourceAmount.FromParts(1) },
        LaunchParameters = new Dictionary<string, string> { ["--map-by"] = "node:PE=2", ["ü $x"] = "" },
    };

    private static FailureDetails OddFailure(JobId guilty) => new()
    {
        Kind = FailureKind.ParentFailed,
        Message = Odd,
        TypeName = "System.InvalidOperationException",
        Stack = "  at A()\r\n  at B<T>()",
        ExitCode = -1,
        Signal = 9,
        LastLines = ["", Odd, "last"],
        GuiltyAncestor = guilty,
        Inner = new FailureDetails { Kind = FailureKind.Exception, Message = "", Inner = new FailureDetails { Kind = FailureKind.Signal, Message = "deep", Signal = 11, LastLines = ["x"] } },
    };

    private static async Task Submitted(StoreConformanceContext context)
    {
        Job parent = await context.AddOneAsync();
        Job other = await context.AddOneAsync();
        JobAddition addition = OddAddition with
        {
            Parents = [ParentReference.To(parent.Id, DependencyCondition.SuccessOrHold), ParentReference.To(other.Id, DependencyCondition.Either), ParentReference.ToIndex(1, DependencyCondition.Failure)],
        };
        IReadOnlyList<Job> added = await context.AddAsync(addition, StoreConformanceContext.Addition());
        JobSnapshot expected = added[0].ToSnapshot();
        Snapshots.ExpectEqual(
            expected with
            {
                Application = addition.Application, Site = addition.Site, Workdir = addition.Workdir!, Key = addition.Key, Parameters = addition.Parameters, Tags = addition.Tags, Data = addition.Data,
                Resources = addition.Resources, Priority = addition.Priority, Transfers = addition.Transfers, HasInputsFromParents = true, IsCleanupPending = false, State = JobState.AwaitingParents, Attempt = 0, ReturnCode = null, Failure = null, Result = null,
                IsPreprocessed = false, NotBefore = null, CreatedAt = context.Now.ToStoredInstant(), LastUpdate = context.Now.ToStoredInstant(),
                Parents = [new(parent.Id, DependencyCondition.SuccessOrHold), new(other.Id, DependencyCondition.Either), new(added[1].Id, DependencyCondition.Failure)],
            },
            expected,
            "The job that the add returned");
        Snapshots.ExpectEqual(expected, (await context.GetAsync(added[0].Id)).ToSnapshot(), "The job found");
        IReadOnlyList<Job> queried = await context.Store.QueryAsync(new JobSelector { Filter = new ApplicationFilter(addition.Application) }, CancellationToken.None);
        Snapshots.ExpectEqual(expected, queried.Single().ToSnapshot(), "The job queried");
    }

    private static async Task Changed(StoreConformanceContext context)
    {
        foreach (JobState state in (JobState[])[JobState.Running, JobState.JobFinished])
        {
            JobSnapshot written = await WriteOddAsync(context, state);
            Snapshots.ExpectEqual(written, (await context.GetAsync(written.Id)).ToSnapshot(), $"The job found in {state.ToText()}");
            IReadOnlyList<Job> queried = await context.Store.QueryAsync(new JobSelector { Filter = new TagFilter("new", Odd).And(new IdFilter([written.Id])) }, CancellationToken.None);
            Snapshots.ExpectEqual(written, queried.Single().ToSnapshot(), $"The job queried in {state.ToText()}");
        }
    }

    private static async Task<JobSnapshot> WriteOddAsync(StoreConformanceContext context, JobState state)
    {
        Job job = (await context.AddAsync(OddAddition with { Key = $"{OddAddition.Key}/{state}" }))[0];
        job = await context.CommitAsync(new JobChange(job).EditTransfer(Odd, OddProgress, context.Now));
        Check.Equal(OddProgress(OddAddition.Transfers[0]), job.Transfers[0], "The transfer that moves");
        JobChange change = context.Towards(job, state).Edit(
            fields => fields with
            {
                Parameters = JobData.Parse("[[1,2],[3]]"), Tags = new Dictionary<string, string> { ["new"] = Odd }, Data = JobData.Parse("""{"changed":[null,{"x":"\u0001"}]}"""),
                Resources = JobResources.Default, Priority = int.MaxValue, ReturnCode = int.MinValue, Failure = OddFailure(job.Id), Result = "[1,\"NaN\",{\"x\":null}]",
                NotBefore = context.Now + TimeSpan.FromDays(10_000), Attempt = 41,
                IsCleanupPending = state == JobState.JobFinished,
            },
            context.Now);
        JobSnapshot expected = change.After.ToSnapshot();
        Snapshots.ExpectEqual(expected, (await context.CommitAsync(change)).ToSnapshot(), "The job after the change");
        return expected;
    }

    private static async Task Cleared(StoreConformanceContext context)
    {
        JobSnapshot written = await WriteOddAsync(context, JobState.Running);
        JobChange change = new JobChange(await context.GetAsync(written.Id)).Edit(
            fields => fields with
            {
                Parameters = JobData.Empty, Tags = ImmutableDictionary<string, string>.Empty, Data = JobData.Empty, ReturnCode = null, Failure = null, Result = null, NotBefore = null, Attempt = 0,
                Resources = OddResources with { PackingCount = null, WallTime = null, TimeLimit = null, IsInterruptible = false, Custom = ImmutableDictionary<string, ResourceAmount>.Empty },
            },
            context.Now);
        Snapshots.ExpectEqual(change.After.ToSnapshot(), (await context.CommitAsync(change)).ToSnapshot(), "The cleared job");
    }

    private static async Task Large(StoreConformanceContext context)
    {
        string text = string.Concat(Enumerable.Range(0, 125_000).Select(i => i % 2 == 0 ? "漢ü" : "ab"));
        Job job = (await context.AddAsync(StoreConformanceContext.Addition() with { Parameters = JobData.From(new { text }), Data = JobData.From(new { text }) }))[0];
        JobChange change = context.Towards(job, JobState.JobFinished).Edit(fields => fields with { Result = JobData.From(text).Json }, context.Now);
        Snapshots.ExpectEqual(change.After.ToSnapshot(), (await context.CommitAsync(change)).ToSnapshot(), "The large job");
    }

    private static async Task JsonValues(StoreConformanceContext context)
    {
        string[] values =
        [
            "[1,[2,[3,[]]],{}]", "\"text\"", "12345678901234567890.123456789", "1e400", "-0.5E-10", "true", "null", "{}", """{"":1,"a b":2,"$date":"x","_id":5}""",
            """{"b":1,"a":2}""", """["\u0000 \u001f \ud83c\udf32"]""", "[\"NaN\",\"Infinity\"]", """{"deep":{"deep":{"deep":{"deep":[[[[[[1]]]]]]}}}}""",
        ];
        IReadOnlyList<Job> jobs = await context.AddAsync([.. values.Select(json => StoreConformanceContext.Addition() with { Parameters = JobData.Parse(json), Data = JobData.Parse(json) })]);
        for (int i = 0; i < values.Length; i++)
        {
            Job job = await context.GetAsync(jobs[i].Id);
            Check.Equal(values[i], job.Parameters.Json, "Parameters");
            Check.Equal(values[i], job.Data.Json, "Data");
        }
    }

    private static async Task Events(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        JobData data = JobData.From(new { text = Odd, nan = double.NaN, nothing = (string?)null });
        JobChange change = new JobChange(job).Apply(JobTrigger.Preprocessed, context.Now, Odd, data).Apply(JobTrigger.Started, context.Now);
        await context.CommitAsync(change);
        JobEvent[] seen = [.. (await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None)).TakeLast(2)];
        Check.Equal(Odd, seen[0].Message, "The message");
        Check.Equal(data, seen[0].Data, "The data");
        Check.Equal(null, seen[1].Message, "No message");
        Check.That(seen[1].Data.IsEmpty, "no data");
        foreach (JobEvent step in seen)
        {
            JobEvent streamed = (await context.Store.ReadEventsAsync(step.Sequence - 1, 1, CancellationToken.None)).Single();
            Check.Equal(step, streamed, "The event in the stream");
            Check.Equal(context.Now.ToStoredInstant(), step.At, "Its instant");
            Check.Equal(job.Id, step.JobId, "Its job");
        }
    }

    private static async Task Instants(StoreConformanceContext context)
    {
        var odd = new DateTimeOffset(2031, 3, 30, 2, 59, 59, 999, TimeSpan.FromHours(-9.5));
        odd = odd.AddTicks(9_999);
        var stored = new DateTimeOffset(2031, 3, 30, 12, 29, 59, 999, TimeSpan.Zero);
        Job job = await context.AddOneAsync();
        Job changed = await context.CommitAsync(new JobChange(job).Apply(JobTrigger.Preprocessed, odd).Edit(fields => fields with { NotBefore = odd }, odd));
        foreach ((string what, DateTimeOffset? seen) in (IEnumerable<(string, DateTimeOffset?)>)
            [
                ("LastUpdate", changed.LastUpdate), ("NotBefore", changed.NotBefore),
                ("At", (await context.Store.ReadHistoryAsync(job.Id, CancellationToken.None))[^1].At),
            ])
        {
            Check.Equal(stored, seen, what);
            Check.Equal(TimeSpan.Zero, seen!.Value.Offset, $"The offset of {what}");
        }
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        JobSnapshot[] written = [await WriteOddAsync(context, JobState.StagedOut), await WriteOddAsync(context, JobState.JobFinished), (await context.AddAsync(OddAddition))[0].ToSnapshot()];
        JobEvent[] events = [.. await context.AllEventsAsync()];
        await context.Fixture.ReopenAsync();
        foreach (JobSnapshot snapshot in written)
        {
            Snapshots.ExpectEqual(snapshot, (await context.GetAsync(snapshot.Id)).ToSnapshot(), $"The {snapshot.State.ToText()} job after reopening");
        }

        Check.Sequence(events, await context.AllEventsAsync(), "The events after reopening");
    }
}
