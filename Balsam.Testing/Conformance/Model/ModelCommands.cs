using Balsam.Storage;
using Balsam.Testing.Conformance.Cases;

namespace Balsam.Testing.Conformance.Model;

/// <summary>The commands of a run: each is given to the store and to the model, and what the store answers is compared.</summary>
internal sealed class ModelCommands(StoreConformanceContext context, StoreModel model, Random random)
{
    private static readonly ApplicationName[] Applications = ["App", "Other"];
    private static readonly SiteName[] Sites = ["local", "theta"];
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    // Left to the store itself: it alone decides that the parents of a waiting job have finished or failed.
    private static readonly JobTrigger[] GraphOnly = [JobTrigger.ParentsPending, JobTrigger.ParentsFinished, JobTrigger.ParentFailed];

    // What a command waits for before it looks at its answer: in a burst, the commands before it.
    private Task _turn = Task.CompletedTask;

    public async Task RunOneAsync(Action<string> log)
    {
        (int Weight, Func<Action<string>, Task> Command)[] commands =
        [
            (10, MoveAsync), (4, MoveSeveralAsync), (2, MoveStaleAsync), (2, EditAsync), (2, OpenSessionAsync), (6, ClaimAsync), (8, LauncherWriteAsync),
            (2, ReleaseAsync), (1, CloseSessionAsync), (1, RenewAsync), (2, AdvanceAndRecoverAsync), (1, BulkThrowAsync), (context.Fixture.IsDurable ? 1 : 0, ReopenAsync), (6, BurstAsync), .. Unread,
        ];
        await Choose(commands)(log);
    }

    // Those that ask nothing of the store before they write, so that several can share a write.
    private (int Weight, Func<Action<string>, Task> Command)[] Unread =>
    [
        (5, AddAsync), (4, LinkAsync), (2, log => DeleteAsync(log, false)), (1, log => DeleteAsync(log, true)), (2, BulkEditAsync), (2, BulkCancelAsync), (2, BulkFinishAsync), (3, BulkSendBackAsync),
    ];

    private Func<Action<string>, Task> Choose((int Weight, Func<Action<string>, Task> Command)[] commands)
    {
        int choice = random.Next(commands.Sum(command => command.Weight));
        return commands.First(command => (choice -= command.Weight) < 0).Command;
    }

    // While a rule holds up the store's writes, several commands are given: a store may write them together, in this order.
    private async Task BurstAsync(Action<string> log)
    {
        if (model.Jobs.Count == 0)
        {
            return;
        }

        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();

        // A store may run the rule on its caller's thread.
        Task held = Task.Run(() => context.ChangeAsync([model.Jobs.First().Id], (_, _) =>
        {
            began.TrySetResult();
            goOn.Wait();
            return JobDecision.Refuse(WhyUnchanged.AlreadySo, "only looking");
        }));
        await began.Task;
        List<Task> commands = [held];
        log("together: ");
        for (int n = random.Next(2, 6); n > 0; n--)
        {
            _turn = Task.WhenAll(commands.ToArray());
            commands.Add(Choose(Unread)(log));
            log(" | ");
        }

        _turn = Task.CompletedTask;
        goOn.Set();
        await Task.WhenAll(commands);
    }

    private Task<T> InTurn<T>(Task<T> answer) => After(_turn, answer);

    private static async Task<T> After<T>(Task turn, Task<T> answer)
    {
        await turn;
        return await answer;
    }

    private T Pick<T>(IReadOnlyCollection<T> items) => items.ElementAt(random.Next(items.Count));

    private async Task AddAsync(Action<string> log)
    {
        int count = random.Next(1, 6);
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        JobAddition[] additions = [.. Enumerable.Range(0, count).Select(i => StoreConformanceContext.Addition(ParentsFor(i, order)) with
        {
            Key = KeyFor(i), Application = Pick(Applications), Site = Sites[random.Next(5) == 0 ? 1 : 0], Priority = random.Next(3), Resources = JobResources.Default with { RanksPerNode = random.Next(1, 3) },
        })];
        log($"add {additions.Length} after {string.Join("; ", additions.Select(addition => string.Join(", ", addition.Parents)))}");
        CommitResult result = await InTurn(context.TryCommitAsync(new JobCommit { Additions = additions }));
        bool hasParents = additions.SelectMany(addition => addition.Parents).All(parent => !parent.IsStored || model.Find(parent.Stored) is not null);
        Check.Equal(hasParents, result.IsWritten, "Whether the addition is written");
        if (!hasParents)
        {
            Check.That(result.Refusal is JobNotFoundException, "an addition to a parent that is gone is refused as such");
            return;
        }

        IReadOnlyList<Job> added = result.Added;
        log($" -> {string.Join("; ", added.Select(job => $"{job.Id} {job.Key} after [{string.Join(", ", job.Parents.Select(edge => $"{edge.Parent} {edge.Condition}"))}]"))}");
        foreach ((JobAddition addition, Job job) in additions.Zip(added))
        {
            ModelJob? owner = addition.Key is null ? null : model.Jobs.FirstOrDefault(known => known.Key == addition.Key);
            Check.That(owner is null ? model.Find(job.Id) is null : owner.Id == job.Id, $"the job of key {addition.Key} is {owner?.Id.ToString() ?? "new"}; it was {job.Id}");
        }

        model.Add(added.Select((job, i) => new ModelJob
        {
            Id = job.Id, Key = additions[i].Key, Application = additions[i].Application, Site = additions[i].Site, Priority = additions[i].Priority, Resources = additions[i].Resources,
            Parents = [.. additions[i].Parents.Select(parent => (parent.IsStored ? parent.Stored : added[parent.Index].Id, parent.Condition)).DistinctBy(edge => edge.Item1)],
        }).Where(job => model.Find(job.Id) is null).ToArray());
        Check.Sequence(added.Select(job => model.Find(job.Id)!.State), added.Select(job => job.State), "The states that the add returned");
    }

    // Few keys, so that they are often taken; those of one call differ by its place.
    private string? KeyFor(int place) => random.Next(2) == 0 ? null : FormattableString.Invariant($"{place}/{random.Next(12)}");

    // A sibling may only come after those before it in a random order, so that there is no circle; each parent stands once.
    private IEnumerable<ParentReference> ParentsFor(int index, int[] order)
    {
        HashSet<JobId> stored = [];
        for (int n = random.Next(4); n > 0 && model.Jobs.Count > 0; n--)
        {
            JobId parent = SomeId();
            if (stored.Add(parent))
            {
                yield return ParentReference.To(parent, Condition());
            }
        }

        foreach (int sibling in order.TakeWhile(place => place != index))
        {
            if (random.Next(3) == 0)
            {
                yield return ParentReference.ToIndex(sibling, Condition());
            }
        }
    }

    // A waiting job more often than not, so that most links are written.
    private async Task LinkAsync(Action<string> log)
    {
        ModelJob[] waiting = [.. model.Jobs.Where(job => job.State == JobState.AwaitingParents)];
        if (model.Jobs.Count == 0)
        {
            return;
        }

        JobId child = waiting.Length > 0 && random.Next(4) > 0 ? Pick(waiting).Id : SomeId();
        (JobId Parent, DependencyCondition Condition)[] parents =
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (random.Next(20) == 0 ? new JobId(1_000_000) : SomeId(), Condition()))];
        log($"user: job {child} waits for {string.Join(", ", parents.Select(edge => $"{edge.Parent} {edge.Condition}"))} too");
        CommitResult result = await InTurn(context.TryCommitAsync(new JobCommit { Links = [.. parents.Select(edge => new JobLink(child, ParentReference.To(edge.Parent, edge.Condition)))] }));
        AddParentsProblemKind? expected = model.Link(child, parents);
        Check.Equal(expected, (result.Refusal as AddParentsRefusedException)?.Kind, "Why the link is refused");
        Check.Equal(expected is null, result.IsWritten, "Whether the link is written");
    }

    private DependencyCondition Condition() => random.Next(2) == 0 ? DependencyCondition.Success : Pick(Enum.GetValues<DependencyCondition>());

    private JobTrigger[] TriggersFor(JobState state)
    {
        JobTrigger[] allowed = [.. JobTransitions.AllowedIn(state).Except(GraphOnly)];
        if (random.Next(3) == 0 && !state.IsFinal() && state != JobState.AwaitingParents)
        {
            return [.. WayToTheEnd(state)];
        }

        // Cancelling everything would leave little to do.
        return [random.Next(4) == 0 ? Pick(allowed) : allowed.FirstOrDefault(trigger => trigger != JobTrigger.Cancelled, JobTrigger.Cancelled)];
    }

    private static IEnumerable<JobTrigger> WayToTheEnd(JobState state)
    {
        while (state != JobState.JobFinished)
        {
            JobTrigger trigger = StoreConformanceContext.NextTrigger(state);
            yield return trigger;
            _ = JobTransitions.TryGetNext(state, trigger, out state);
        }
    }

    private JobChange Change(Job job, IReadOnlyList<JobTrigger> triggers)
    {
        var change = new JobChange(job);
        foreach (JobTrigger trigger in triggers)
        {
            change = change.After.State != JobState.Failed && JobTransitions.TryGetNext(change.After.State, trigger, out JobState to) && to == JobState.Failed
                ? change.Fail(trigger, context.Now, new FailureDetails { Kind = FailureKind.HookDecision, Message = "random" })
                : change.Apply(trigger, context.Now);
        }

        return change;
    }

    private async Task MoveAsync(Action<string> log)
    {
        if (model.Jobs.Count == 0)
        {
            return;
        }

        Job job = await context.GetAsync(Pick(model.Jobs).Id);
        JobTrigger[] triggers = TriggersFor(job.State);
        log($"user: job {job.Id} {string.Join(", ", triggers)}");
        await context.CommitAsync(Change(job, triggers));
        model.Move(job.Id, triggers);
        model.Settle();
    }

    // One commit of several jobs, all towards an end or all out of it: then the order within the commit does not matter.
    private async Task MoveSeveralAsync(Action<string> log)
    {
        bool restart = random.Next(3) == 0;
        ModelJob[] chosen = [.. model.Jobs.Where(job => job.State.IsFinal() == restart && job.State != JobState.AwaitingParents).OrderBy(_ => random.Next()).Take(random.Next(1, 5))];
        if (chosen.Length == 0)
        {
            return;
        }

        IReadOnlyList<Job> jobs = await context.Store.FindAsync([.. chosen.Select(job => job.Id)], CancellationToken.None);
        JobTrigger[][] triggers = [.. jobs.Select(job => restart ? [JobTrigger.Restarted] : random.Next(2) == 0 ? [JobTrigger.Cancelled] : WayToTheEnd(job.State).ToArray())];
        log($"user, one commit: {string.Join("; ", jobs.Zip(triggers, (job, steps) => $"job {job.Id} {string.Join(", ", steps)}"))}");
        await context.CommitAsync(new JobCommit { Changes = [.. jobs.Zip(triggers, Change)] });
        foreach ((Job job, JobTrigger[] steps) in jobs.Zip(triggers))
        {
            model.Move(job.Id, steps);
        }

        model.Settle();
    }

    private async Task MoveStaleAsync(Action<string> log)
    {
        ModelJob[] chosen = [.. model.Jobs.OrderBy(_ => random.Next()).Take(3)];
        if (chosen.Length == 0)
        {
            return;
        }

        IReadOnlyList<Job> jobs = await context.Store.FindAsync([.. chosen.Select(job => job.Id)], CancellationToken.None);
        Job stale = Job.Restore(jobs[^1].ToSnapshot() with { Version = jobs[^1].Version - 1 });
        log($"user, stale: jobs {string.Join(", ", chosen.Select(job => job.Id))}");
        CommitResult result = await context.TryCommitAsync(new JobCommit
        {
            Changes = [.. jobs.SkipLast(1).Append(stale).Select(job => new JobChange(job).Edit(fields => fields with { Priority = 50 }, context.Now))],
            Additions = [StoreConformanceContext.Addition()],
        });
        Check.That(result.Refusal is JobConcurrencyException, "a stale commit is refused");
    }

    private async Task EditAsync(Action<string> log)
    {
        if (model.Jobs.Count == 0)
        {
            return;
        }

        ModelJob job = Pick(model.Jobs);
        job.Priority = random.Next(3);
        job.NotBefore = random.Next(2) == 0 ? null : context.Now.ToStoredInstant() + TimeSpan.FromMinutes(random.Next(30));
        job.Touched = true;
        log($"user: job {job.Id} gets priority {job.Priority} and waits until {job.NotBefore:T}");
        await context.CommitAsync(new JobChange(await context.GetAsync(job.Id)).Edit(fields => fields with { Priority = job.Priority, NotBefore = job.NotBefore }, context.Now));
    }

    private async Task OpenSessionAsync(Action<string> log)
    {
        if (model.Sessions.Count >= 4)
        {
            return;
        }

        SiteName site = Sites[random.Next(3) == 0 ? 1 : 0];
        LauncherSession session = await context.OpenSessionAsync(Lease, site.Value);
        log($"open session {session.Token.Epoch} of {site}");
        model.Sessions.Add(new ModelSession(session, context.Now + Lease));
    }

    private ModelSession? PickSession(bool valid = true)
    {
        ModelSession[] sessions = [.. model.Sessions.Where(session => session.Expires >= context.Now == valid)];
        return sessions.Length == 0 ? null : Pick(sessions);
    }

    private async Task ClaimAsync(Action<string> log)
    {
        if (PickSession() is not { } session)
        {
            return;
        }

        var request = new ClaimRequest
        {
            Lease = session.Token,
            Limit = random.Next(6),
            LimitPerShape = random.Next(3) == 0 ? random.Next(1, 4) : int.MaxValue,
            Wanted = Applications.Where(_ => random.Next(4) > 0).ToDictionary(name => name, _ => random.Next(3) == 0 ? JobStates.Runnable : JobStates.All),
        };
        Dictionary<JobResources, int> taken = [];
        List<ModelJob> expected = [];
        foreach (ModelJob job in model.Claimable(session, context.Now))
        {
            bool wanted = request.Wanted.TryGetValue(job.Application, out JobStateSet states) && states.Contains(job.State);
            if (wanted && expected.Count < request.Limit && taken.GetValueOrDefault(job.Resources) < request.LimitPerShape)
            {
                taken[job.Resources] = taken.GetValueOrDefault(job.Resources) + 1;
                expected.Add(job);
            }
        }

        log($"session {session.Token.Epoch} claims {request.Limit}: {string.Join(", ", expected.Select(job => job.Id))}");
        ClaimResult claim = await context.ClaimAsync(request);
        Check.Sequence(expected.Select(job => job.Id), claim.Jobs.Select(job => job.Id), "The claim");
        expected.ForEach(job => job.Holder = session);
    }

    private async Task LauncherWriteAsync(Action<string> log)
    {
        ModelJob[] held = [.. model.Jobs.Where(job => job.Holder is not null && job.State is not (JobState.AwaitingParents or JobState.JobFinished or JobState.Failed))];
        if (held.Length == 0)
        {
            return;
        }

        ModelJob job = Pick(held);
        ModelSession holder = job.Holder!;
        bool keep = random.Next(2) == 0;
        JobTrigger[] triggers = TriggersFor(job.State);
        log($"session {holder.Token.Epoch}{(keep ? ", keeping" : "")}: job {job.Id} {string.Join(", ", triggers)}");
        var commit = new JobCommit { Lease = holder.Token, KeepLease = keep, Changes = [Change(await context.GetAsync(job.Id), triggers)] };
        if (holder.Expires < context.Now)
        {
            Check.That((await context.TryCommitAsync(commit)).Refusal is LeaseLostException, "a write under an expired lease is refused");
            return;
        }

        await context.CommitAsync(commit);
        model.Move(job.Id, triggers);
        job.Holder = keep ? holder : null;
        model.Settle();
    }

    private async Task ReleaseAsync(Action<string> log)
    {
        if (PickSession() is not { } session || model.Jobs.Count == 0)
        {
            return;
        }

        ModelJob[] released = [Pick(model.Jobs), .. model.Jobs.Where(job => job.Holder == session).Take(1)];
        log($"session {session.Token.Epoch} releases {string.Join(", ", released.Select(job => job.Id))}");
        await context.Store.ReleaseAsync(session.Token, [.. released.Select(job => job.Id)], CancellationToken.None);
        foreach (ModelJob job in released.Where(job => job.Holder == session))
        {
            job.Holder = null;
        }
    }

    private async Task CloseSessionAsync(Action<string> log)
    {
        if (PickSession() is not { } session)
        {
            return;
        }

        log($"close session {session.Token.Epoch}");
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        model.Close(session);
    }

    private async Task RenewAsync(Action<string> log)
    {
        if (PickSession(random.Next(3) > 0) is not { } session)
        {
            return;
        }

        log($"renew session {session.Token.Epoch}");
        if (session.Expires < context.Now)
        {
            await Check.ThrowsAsync<LeaseLostException>(() => context.Store.RenewAsync(session.Token, CancellationToken.None), "Renewing an expired lease");
            return;
        }

        await context.Store.RenewAsync(session.Token, CancellationToken.None);
        session.Expires = context.Now + Lease;
    }

    private async Task AdvanceAndRecoverAsync(Action<string> log)
    {
        TimeSpan by = TimeSpan.FromSeconds(random.Next(1, 400)) + TimeSpan.FromMilliseconds(0.5);
        SiteName site = Pick(Sites);
        log($"after {by}, recover {site}");
        context.Fixture.Advance(by);
        IReadOnlyList<JobId> recovered = await context.Store.RecoverAsync(site, CancellationToken.None);
        Check.SameSet(model.Recover(site, context.Now), recovered, "The recovered jobs");
    }

    private async Task DeleteAsync(Action<string> log, bool cascade)
    {
        if (model.Jobs.Count < 10)
        {
            return;
        }

        JobId[] ids = [.. SomeIds(cascade ? 3 : 6), new JobId(1_000_000)];
        log($"delete {string.Join(", ", ids)}{(cascade ? " and below" : "")}");
        ChangeReport report = await InTurn(context.Store.DeleteAsync(
            new JobDeletion { Ids = ids, Scope = cascade ? DeleteScope.WithDescendants : DeleteScope.OnlyThese }, CancellationToken.None));
        (IReadOnlyList<JobId> gone, IReadOnlyList<JobId> kept) = model.Delete(ids, cascade);
        Check.SameSet(gone, report.Changed, "The deleted jobs");
        Check.SameSet(kept, report.Unchanged.Keys, "The kept jobs");
    }

    private JobId[] SomeIds(int most) => [.. Enumerable.Range(0, random.Next(1, most)).Select(_ => SomeId()).Distinct()];

    // Now and then one that the next addition may get.
    private JobId SomeId() => model.Jobs.Count == 0 || random.Next(15) == 0 ? new JobId(model.LastId + random.Next(1, 4)) : Pick(model.Jobs).Id;

    private async Task BulkEditAsync(Action<string> log)
    {
        JobId[] ids = [.. SomeIds(8), new JobId(1_000_000)];
        var states = JobStateSet.Of(JobState.StagedIn, JobState.AwaitingParents, JobState.Failed, JobState.Preprocessed);
        int priority = random.Next(3);
        log($"bulk: jobs {string.Join(", ", ids)} get priority {priority} where they may");
        ChangeReport report = await InTurn(context.ChangeAsync(
            ids,
            (job, view) => view.HolderOf(job.Id) is not null
                ? JobDecision.Refuse(WhyUnchanged.Leased, "held")
                : JobDecision.Make(new JobChange(job).Edit(fields => fields with { Priority = priority }, context.Now)),
            new StateFilter(states)));
        ModelJob[] expected = [.. ids.Select(model.Find).OfType<ModelJob>().Where(job => states.Contains(job.State) && job.Holder is null)];
        Compare(report, ids, expected.Select(job => job.Id));
        foreach (ModelJob job in expected)
        {
            (job.Priority, job.Touched) = (priority, true);
        }
    }

    private async Task BulkCancelAsync(Action<string> log)
    {
        JobId[] ids = SomeIds(5);
        log($"bulk: cancel {string.Join(", ", ids)}");
        ChangeReport report = await InTurn(context.ChangeAsync(ids, BulkRules.Cancel(context)));
        Compare(report, ids, model.MoveAll(ids, state => state.IsFinal() ? [] : [JobTrigger.Cancelled]));
    }

    private async Task BulkFinishAsync(Action<string> log)
    {
        JobId[] ids = SomeIds(5);
        log($"bulk: finish {string.Join(", ", ids)}");
        ChangeReport report = await InTurn(context.ChangeAsync(
            ids,
            (job, _) => job.State.IsFinal() || job.State == JobState.AwaitingParents
                ? JobDecision.Refuse(WhyUnchanged.IllegalState, "it cannot go on")
                : JobDecision.Make(context.Towards(job, JobState.JobFinished))));
        Compare(report, ids, model.MoveAll(ids, state => state.IsFinal() || state == JobState.AwaitingParents ? [] : WayToTheEnd(state)));
    }

    private async Task BulkSendBackAsync(Action<string> log)
    {
        JobId[] ids = [.. model.Jobs.Where(job => job.State == JobState.Failed || random.Next(10) == 0).Where(_ => random.Next(3) > 0).Select(job => job.Id)];
        random.Shuffle(ids);
        log($"bulk: send back {string.Join(", ", ids)}");
        ChangeReport report = await InTurn(context.ChangeAsync(ids, BulkRules.SendBack(context)));
        Compare(report, ids, model.SendBack(ids));
    }

    private async Task BulkThrowAsync(Action<string> log)
    {
        JobId[] ids = SomeIds(8);
        if (ids.All(id => model.Find(id) is null))
        {
            return;
        }

        log($"bulk: cancel {string.Join(", ", ids)}, and throw");
        Func<Job, IBulkChangeView, JobDecision> cancel = BulkRules.Cancel(context);
        int left = ids.Count(id => model.Find(id) is not null);
        await Check.ThrowsAsync<TimeZoneNotFoundException>(() => context.ChangeAsync(ids, (job, view) => --left == 0 ? throw new TimeZoneNotFoundException() : cancel(job, view)), "A rule that throws");
    }

    private static void Compare(ChangeReport report, IEnumerable<JobId> ids, IEnumerable<JobId> changed)
    {
        Check.SameSet(changed, report.Changed, "The changed jobs");
        Check.SameSet(ids.Except(changed), report.Unchanged.Keys, "The unchanged jobs");
    }

    // Sessions are closed first: whether they outlive the store object is not part of the contract.
    private async Task ReopenAsync(Action<string> log)
    {
        log("reopen");
        foreach (ModelSession session in model.Sessions.ToArray())
        {
            if (session.Expires >= context.Now)
            {
                await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
                model.Close(session);
            }
        }

        foreach (SiteName site in Sites)
        {
            Check.SameSet(model.Recover(site, context.Now), await context.Store.RecoverAsync(site, CancellationToken.None), "The recovered jobs before reopening");
        }

        await context.Fixture.ReopenAsync();
    }
}
