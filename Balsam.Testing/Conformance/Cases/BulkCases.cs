using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Changes of many jobs in one write, each decided inside it.</summary>
internal static class BulkCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Bulk_Rule_ChangesAndRefuses", "The report names what was changed and what was not, each with its reason; a number given twice counts once.", Report),
        new("Bulk_Moves_AreWrittenWithTheirEvents", "Moves of a bulk change are events, numbered and replayable.", Events),
        new("Bulk_RuleThatThrows_LeavesNothingAndHurtsNobody", "What a rule throws comes out of its own call; nothing of that is written, and calls that came with it are.", Throws),
        new("Bulk_ChangeOfAnotherJob_IsRefusedWhole", "A rule that gives a change of another job, of an earlier instant, or of nothing is a mistake of the caller; nothing of the call is written.", Foreign),
        new("Bulk_CancelOfParentAndChild_CancelsBothThemselves", "Parent and child of one call are each changed by the rule, whichever is older and however the call orders them.", Family),
        new("Bulk_SendBackOfParentAndChild_BringsBothBack", "A rule sees what the call decided about the parents, whichever is older.", Back),
        new("Bulk_JobsThatMoveAlong_CountAsChanged", "A job that fails with its parent, or comes back with it, is reported as changed though the rule refused it.", MoveAlong),
        new("Bulk_BlockedJob_IsAskedAgain", "A job that was blocked only by what the call brings back through jobs it does not name is changed too.", AskedAgain),
        new("Bulk_FilterNoLongerMet_LeavesTheJob", "A job that does not meet the filter inside the transaction is left as it is.", Filtered),
        new("Bulk_Rule_SeesWhoHoldsAJob", "A rule can ask who holds a job; a launcher is told of what others changed of what it holds.", Holders),
        new("Bulk_RuleRead_SeesTheCallsOwnChanges", "What a rule looks up is the store inside the transaction.", OwnChanges),
        new("Bulk_UnderConstantChange_GetsThroughAndLosesNothing", "1,000 jobs that others change all the time are changed in one call, and no change of the others is lost.", Busy),
        new("Bulk_WithACancelledToken_WritesNothing", "A bulk change whose token is cancelled before it begins writes nothing.", Cancelled),
        new("Bulk_Written_SurvivesReopening", "An acknowledged bulk change is there after reopening.", Durable, needsDurability: true),
        new("Descendants_OfAGraph_AreAllGenerations", "Children, their children, and so on, each once, rising; ended ones too.", Descendants),
        new("Descendants_OfALongLine_AreFound", "A line of 2,000 generations is read.", LongLine),
        new("Change_OfJobsThatWaitForEachOther_ReachesEach", "Jobs whose edges form a circle are changed like any others.", Circle),
    ];

    private static JobAddition After(params int[] places) => StoreConformanceContext.Addition(places.Select(place => ParentReference.ToIndex(place)));

    private static async Task Circle(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(
            StoreConformanceContext.Addition(ParentReference.ToIndex(1)), StoreConformanceContext.Addition(ParentReference.ToIndex(0)), StoreConformanceContext.Addition(ParentReference.ToIndex(1)));
        ChangeReport report = await context.ChangeAsync(jobs.Select(job => job.Id), BulkRules.Edit(context, fields => fields with { Priority = 7 }));
        Check.SameSet(jobs.Select(job => job.Id), report.Changed, "The changed jobs");
        Check.Sequence([7, 7, 7], (await context.AllJobsAsync()).Select(job => job.Priority), "The priorities");
    }

    private static async Task Report(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(4);
        await context.CancelAsync(jobs[1].Id);
        ChangeReport report = await context.ChangeAsync([jobs[2].Id, jobs[0].Id, jobs[1].Id, new JobId(99), jobs[0].Id], BulkRules.Cancel(context));
        Check.Sequence([jobs[0].Id, jobs[2].Id], report.Changed, "The changed jobs");
        Check.SameSet(
            [(jobs[1].Id, WhyUnchanged.IllegalState, "it has ended"), (new JobId(99), WhyUnchanged.Missing, "there is no such job")],
            report.Unchanged.Select(entry => (entry.Key, entry.Value.Why, entry.Value.Message)), "The reasons");
        Check.Sequence([JobState.Failed, JobState.Failed, JobState.Failed, JobState.StagedIn], (await context.AllJobsAsync()).Select(job => job.State), "The states");
        ChangeReport none = await context.ChangeAsync([], BulkRules.Cancel(context));
        Check.That(none.Changed.Count == 0 && none.Unchanged.Count == 0, "a change of nothing reports nothing");
    }

    private static async Task Events(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(1), After());
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        await context.ChangeAsync([jobs[0].Id, jobs[3].Id], BulkRules.Cancel(context));
        IReadOnlyList<JobEvent> events = await context.Store.ReadEventsAsync(last, 100, CancellationToken.None);
        Check.Sequence([last + 1, last + 2, last + 3, last + 4], events.Select(step => step.Sequence), "The numbers");
        Check.SameSet(
            [(jobs[0].Id, JobTrigger.Cancelled), (jobs[3].Id, JobTrigger.Cancelled), (jobs[1].Id, JobTrigger.ParentFailed), (jobs[2].Id, JobTrigger.ParentFailed)],
            events.Select(step => (step.JobId, step.Trigger)), "The steps");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Throws(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(), After());
        long last = await context.Store.GetLastSequenceAsync(CancellationToken.None);
        int asked = 0;
        Task<ChangeReport> bad = context.ChangeAsync(
            jobs.Take(3).Select(job => job.Id), (job, _) => ++asked == 3 ? throw new TimeZoneNotFoundException("mine") : JobDecision.Make(context.Cancellation(job)));
        Task<ChangeReport> good = context.ChangeAsync([jobs[3].Id], BulkRules.Cancel(context));
        Task<Job> added = context.AddOneAsync(ParentReference.To(jobs[0].Id));
        Exception thrown = await Check.ThrowsAsync<TimeZoneNotFoundException>(() => bad, "The call whose rule throws");
        Check.Equal("mine", thrown.Message, "The exception");
        Check.Sequence([jobs[3].Id], (await good).Changed, "The jobs of the other call");
        Check.Sequence([0L, 0L, 0L], (await context.Store.FindAsync([.. jobs.Take(3).Select(job => job.Id)], CancellationToken.None)).Zip(jobs, (now, was) => now.Version - was.Version), "Versions risen");
        await context.ExpectStateAsync(JobState.AwaitingParents, (await added).Id, "the child added meanwhile");
        Check.Sequence(
            [JobTrigger.Cancelled, JobTrigger.ParentsPending],
            (await context.Store.ReadEventsAsync(last, 100, CancellationToken.None)).Select(step => step.Trigger).Order().Reverse(), "The events since");
        await context.FinishAsync(jobs[0].Id);
        await context.ExpectStateAsync(JobState.StagedIn, jobs[1].Id, "the child of the job that was not cancelled");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task Foreign(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(3);
        Job stale = jobs[1];
        await context.CommitAsync(new JobChange(stale).Edit(fields => fields with { Priority = 3 }, context.Now));
        foreach (Func<Job, JobChange> wrong in (Func<Job, JobChange>[])[_ => context.Cancellation(jobs[2]), _ => context.Cancellation(stale), job => new JobChange(job)])
        {
            await Check.ThrowsAsync<ArgumentException>(
                () => context.ChangeAsync([jobs[0].Id, jobs[1].Id], (job, _) => JobDecision.Make(job.Id == jobs[0].Id ? context.Cancellation(job) : wrong(job))), "A rule that changes something else");
            await context.ExpectStateAsync(JobState.StagedIn, jobs[0].Id, "the other job of the call");
        }
    }

    private static async Task Family(StoreConformanceContext context)
    {
        foreach (bool parentFirst in (bool[])[true, false])
        {
            IReadOnlyList<Job> older = await context.AddAsync(After(1), After(2), After());
            IReadOnlyList<Job> younger = await context.AddAsync(After(), After(0), After(1));
            IEnumerable<JobId> ids = [.. older.Select(job => job.Id), .. younger.Select(job => job.Id)];
            ChangeReport report = await context.ChangeAsync(parentFirst ? ids : ids.Reverse(), BulkRules.Cancel(context));
            Check.SameSet(ids, report.Changed, "The changed jobs");
            foreach (JobId id in ids)
            {
                Check.Equal(FailureKind.Cancelled, (await context.GetAsync(id)).Failure!.Kind, $"The failure of job {id}");
            }
        }
    }

    private static async Task Back(StoreConformanceContext context)
    {
        IReadOnlyList<Job> older = await context.AddAsync(After(1), After(2), After());
        IReadOnlyList<Job> younger = await context.AddAsync(After(), After(0), After(1));
        JobId[] ids = [.. older.Select(job => job.Id), .. younger.Select(job => job.Id)];
        await context.ChangeAsync(ids, BulkRules.Cancel(context));
        ChangeReport report = await context.ChangeAsync(ids, BulkRules.SendBack(context));
        Check.SameSet(ids, report.Changed, "The changed jobs");
        Check.Sequence(
            [JobState.AwaitingParents, JobState.AwaitingParents, JobState.StagedIn, JobState.StagedIn, JobState.AwaitingParents, JobState.AwaitingParents],
            (await context.AllJobsAsync()).Select(job => job.State), "The states");
        foreach (JobId id in (JobId[])[older[2].Id, older[1].Id, younger[0].Id, younger[1].Id])
        {
            await context.FinishAsync(id);
        }

        await context.ExpectStateAsync(JobState.StagedIn, older[0].Id, "the older grandchild");
        await context.ExpectStateAsync(JobState.StagedIn, younger[2].Id, "the younger grandchild");
        await Histories.ExpectReplayAsync(context);
    }

    private static async Task MoveAlong(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(1));
        JobId[] ids = [.. jobs.Select(job => job.Id)];
        ChangeReport cancelled = await context.ChangeAsync(ids, (job, _) => job.Id == ids[0] ? JobDecision.Make(context.Cancellation(job)) : JobDecision.Refuse(WhyUnchanged.Invalid, "not me"));
        Check.Sequence(ids, cancelled.Changed, "The jobs that failed");
        Check.Equal(0, cancelled.Unchanged.Count, "Unchanged jobs");
        Check.Equal(FailureKind.ParentFailed, (await context.GetAsync(ids[2])).Failure!.Kind, "The grandchild's failure");
        ChangeReport restarted = await context.ChangeAsync(ids, (job, _) => job.Id == ids[0]
            ? JobDecision.Make(new JobChange(job).Apply(JobTrigger.Restarted, context.Now))
            : JobDecision.Refuse(WhyUnchanged.Invalid, "not me"));
        Check.Sequence(ids, restarted.Changed, "The jobs that came back");
    }

    // 0 ← 1 ← 2 ← 3 ← 4, of which 0, 2 and 4 are named: 2 is free once 1 has come back with 0, and 4 once 3 has with 2.
    private static async Task AskedAgain(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(1), After(2), After(3));
        JobId[] named = [jobs[0].Id, jobs[2].Id, jobs[4].Id];
        await context.ChangeAsync([jobs[4].Id], BulkRules.Cancel(context));
        await context.ChangeAsync([jobs[2].Id], BulkRules.Cancel(context));
        await context.ChangeAsync([jobs[0].Id], BulkRules.Cancel(context));
        ChangeReport report = await context.ChangeAsync(named.Reverse(), BulkRules.SendBack(context));
        Check.Sequence(named, report.Changed, "The changed jobs");
        Check.Sequence(
            [JobState.StagedIn, JobState.AwaitingParents, JobState.AwaitingParents, JobState.AwaitingParents, JobState.AwaitingParents],
            (await context.AllJobsAsync()).Select(job => job.State), "The states");
    }

    private static async Task Filtered(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(), After(0));
        await context.BringToAsync(jobs[1].Id, JobState.Preprocessed);
        ChangeReport report = await context.ChangeAsync(
            jobs.Select(job => job.Id), BulkRules.Cancel(context), new StateFilter(JobStateSet.Of(JobState.StagedIn, JobState.AwaitingParents)));
        Check.Sequence([jobs[0].Id, jobs[2].Id], report.Changed, "The changed jobs");
        Check.Equal(WhyUnchanged.NoLongerMatches, report.Unchanged[jobs[1].Id].Why, "The reason");
        Check.That(report.Unchanged[jobs[1].Id].Message.Contains("PREPROCESSED", StringComparison.Ordinal), "the reason says what the job is now");
        await context.ExpectStateAsync(JobState.Preprocessed, jobs[1].Id, "the job that does not meet the filter");
    }

    private static async Task Holders(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddManyAsync(2);
        LauncherSession session = await context.OpenSessionAsync();
        await context.Store.WaitForNewsAsync(session.Token, CancellationToken.None);
        await context.StartAsync(session, jobs[0].Id);
        Dictionary<JobId, LauncherSession?> seen = [];
        ChangeReport report = await context.ChangeAsync(jobs.Select(job => job.Id), (job, view) =>
        {
            seen[job.Id] = view.HolderOf(job.Id);
            return JobDecision.Make(new JobChange(job).Edit(fields => fields with { Priority = 9 }, context.Now));
        });
        Check.Equal(2, report.Changed.Count, "Changed jobs");
        Check.Equal(session.Token, seen[jobs[0].Id]?.Token, "The holder of the job that runs");
        Check.Equal(null, seen[jobs[1].Id], "The holder of the other");
        Check.Sequence([jobs[0].Id], (await context.Store.WaitForNewsAsync(session.Token, CancellationToken.None)).Changed, "What the launcher is told");
        Check.Sequence([(jobs[1].Id, 9)], (await context.ClaimAsync(session)).Select(job => (job.Id, job.Priority)), "The claim");
    }

    private static async Task OwnChanges(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(1), After());
        List<(JobId, JobState?)> seen = [];
        await context.ChangeAsync(jobs.Select(job => job.Id), (job, view) =>
        {
            seen.AddRange(jobs.Select(other => (job.Id, view.Find(other.Id)?.State)));
            Check.Equal(null, view.Find(new JobId(99)), "A job that is not there");
            return JobDecision.Make(context.Cancellation(job));
        });
        Check.Sequence(
            [(jobs[1].Id, JobState.AwaitingParents), (jobs[1].Id, JobState.StagedIn), (jobs[0].Id, JobState.AwaitingParents), (jobs[0].Id, JobState.Failed)], seen, "What the rule saw");
    }

    private static async Task Busy(StoreConformanceContext context)
    {
        const int Rounds = 5;
        JobId[] ids = [.. (await context.AddManyAsync(1_000)).Select(job => job.Id)];
        int[] written = new int[ids.Length];
        var moving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        Task others = Task.Run(async () =>
        {
            do
            {
                IReadOnlyList<Job> jobs = await context.Store.FindAsync(ids, CancellationToken.None);
                IReadOnlyList<CommitResult> results = await context.Store.CommitAsync(
                    [.. jobs.Select(job => new JobCommit { Changes = [new JobChange(job).Edit(fields => fields with { Priority = fields.Priority + 1 }, context.Now)] })], CancellationToken.None);
                for (int i = 0; i < results.Count; i++)
                {
                    written[i] += results[i].IsWritten ? 1 : 0;
                }

                moving.TrySetResult();
            }
            while (!stop.IsCancellationRequested);
        });
        await Task.WhenAny(moving.Task, others);
        for (int round = 1; round <= Rounds; round++)
        {
            string value = round.ToString(System.Globalization.CultureInfo.InvariantCulture);
            ChangeReport report = await context.ChangeAsync(
                ids, BulkRules.Edit(context, fields => fields with { Attempt = fields.Attempt + 1, Tags = new Dictionary<string, string> { ["round"] = value } }));
            Check.Equal(ids.Length, report.Changed.Count, $"Jobs changed in round {round}");
        }

        await stop.CancelAsync();
        await others;
        IReadOnlyList<Job> after = await context.AllJobsAsync();
        Check.Sequence(written, after.Select(job => job.Priority), "The counters of the others");
        Check.That(after.All(job => job.Attempt == Rounds && job.Tags["round"] == "5"), "every round is there");
    }

    private static async Task Cancelled(StoreConformanceContext context)
    {
        Job job = await context.AddOneAsync();
        await Check.ThrowsAsync<OperationCanceledException>(
            () => context.Store.ChangeAsync(new JobBulkChange { Ids = [job.Id], Rule = BulkRules.Cancel(context) }, new CancellationToken(true)), "A bulk change with a cancelled token");
        await context.ExpectStateAsync(JobState.StagedIn, job.Id, "the job");
    }

    private static async Task Durable(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After());
        await context.FinishAsync(jobs[2].Id);
        await context.ChangeAsync(jobs.Select(job => job.Id), BulkRules.Edit(context, fields => fields with { Tags = new Dictionary<string, string> { ["study"] = "a" } }));
        await context.ChangeAsync([jobs[0].Id], BulkRules.Cancel(context));
        IReadOnlyList<Job> before = await context.AllJobsAsync();
        await context.Fixture.ReopenAsync();
        IReadOnlyList<Job> after = await context.AllJobsAsync();
        Check.Sequence(before.Select(job => (job.Id, job.State, job.Version)), after.Select(job => (job.Id, job.State, job.Version)), "Jobs, states and versions");
        IReadOnlyList<Job> tagged = await context.Store.QueryAsync(new JobSelector { Filter = new TagFilter("study", "a") }, CancellationToken.None);
        Check.Sequence(jobs.Select(job => job.Id), tagged.Select(job => job.Id), "The jobs with the tag");
    }

    private static async Task Descendants(StoreConformanceContext context)
    {
        // 0 ← 1, 2 ← 3 (a diamond), 3 ← 4; 5 is older than its parent 6, a child of 0; 7 has nobody.
        IReadOnlyList<Job> jobs = await context.AddAsync(After(), After(0), After(0), After(1, 2), After(3), After(6), After(0), After());
        await context.FinishAsync(jobs[0].Id);
        await context.FinishAsync(jobs[1].Id);
        Check.Sequence(await BelowAsync(0), jobs.Skip(1).Take(6).Select(job => job.Id), "Below the first");
        Check.Sequence(await BelowAsync(2, 3), [jobs[3].Id, jobs[4].Id], "Below two, one below the other");
        Check.Sequence(await BelowAsync(6), [jobs[5].Id], "Below the parent of an older child");
        Check.Equal(0, (await BelowAsync(7)).Count, "Jobs below one without children");
        Check.Equal(0, (await context.Store.FindDescendantsAsync([new JobId(99)], CancellationToken.None)).Count, "Jobs below one that is not there");

        Task<IReadOnlyList<JobId>> BelowAsync(params int[] places) => context.Store.FindDescendantsAsync([.. places.Select(place => jobs[place].Id)], CancellationToken.None);
    }

    private static async Task LongLine(StoreConformanceContext context)
    {
        const int Generations = 2_000;
        IReadOnlyList<Job> jobs = await context.AddAsync([.. Enumerable.Range(0, Generations).Select(i => i == 0 ? After() : After(i - 1))]);
        Check.Sequence(jobs.Skip(1).Select(job => job.Id), await context.Store.FindDescendantsAsync([jobs[0].Id], CancellationToken.None), "The generations");
    }
}
