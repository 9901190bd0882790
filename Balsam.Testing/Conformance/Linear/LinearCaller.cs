using Balsam.Storage;
using Balsam.Testing.Conformance.Cases;
using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance.Linear;

/// <summary>One of several callers that give commands to a store at the same time. Each command says what a model that had been asked at one instant between call and answer would have done.</summary>
internal sealed class LinearCaller(StoreConformanceContext context, LinearHistory history, LinearKnowledge known, int number, Random random)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private readonly Dictionary<JobId, Job> _read = [];
    private readonly DateTimeOffset _now = context.Now;
    private bool _hasQueried;

    /// <summary>Gives a random command.</summary>
    public async Task RunOneAsync()
    {
        (int Weight, Func<Task> Command)[] commands =
        [
            (4, AddAsync), (4, ReadAsync), (3, ReadTogetherAsync), (6, MoveAsync), (1, OpenSessionAsync), (4, ClaimAsync), (7, LauncherWriteAsync), (1, ReleaseAsync), (1, CloseSessionAsync), (1, RenewAsync),
            (2, CancelSeveralAsync), (2, DeleteSomeAsync), (3, QuerySomeAsync), (2, CountAsync), (1, RecoverAsync),
        ];
        int choice = random.Next(commands.Sum(command => command.Weight));
        await commands.First(command => (choice -= command.Weight) < 0).Command();
    }

    /// <summary>Reads everything there is, when nobody else does anything.</summary>
    public async Task ReadAllAsync()
    {
        JobId[] ids = [.. (await QueryAsync(JobStates.All)).Select(job => job.Id)];
        await CountAsync();
        await history.ReadAsync(number, "who holds what", () => context.Store.FindLeasesAsync(ids, CancellationToken.None), leases => One(
            string.Join(", ", leases.Select(lease => $"{lease.Job} by {lease.Holder.Token.Epoch}")),
            model => model.Jobs.Where(job => job.Holder is not null).Select(job => (job.Id, job.Holder!.Token)).SequenceEqual(leases.Select(lease => (lease.Job, lease.Holder.Token)))));
        await history.ReadAsync(number, "who is alive", () => context.Store.ListSessionsAsync(CancellationToken.None), sessions => One(
            string.Join(", ", sessions.Select(session => session.Token.Epoch)),
            model => model.Sessions.Where(session => session.Expires >= _now).Select(session => session.Token).Order(ByEpoch).SequenceEqual(sessions.Select(session => session.Token))));
    }

    /// <summary>Ends what would not outlive the store's object.</summary>
    public async Task CloseAllAsync()
    {
        foreach (LauncherSession session in known.Sessions)
        {
            await CloseAsync(session);
        }

        await RecoverAsync();
    }

    private static readonly IComparer<LeaseToken> ByEpoch = Comparer<LeaseToken>.Create((left, right) => left.Epoch.CompareTo(right.Epoch));

    private static IEnumerable<(string, Func<StoreModel, bool>)> One(string answer, Func<StoreModel, bool> explains) => [(answer, explains)];

    private T? Pick<T>(T[] items) => items.Length == 0 ? default : items[random.Next(items.Length)];

    // Mostly the newest jobs, so that callers meet.
    private JobId PickJob() => known.Jobs is { Length: > 0 } jobs ? jobs[random.Next(3) == 0 ? random.Next(jobs.Length) : jobs.Length - 1 - random.Next(Math.Min(4, jobs.Length))] : new JobId(1);

    private async Task AddAsync()
    {
        (JobId Parent, DependencyCondition Condition)[] parents = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (PickJob(), random.Next(3) == 0 ? DependencyCondition.Either : DependencyCondition.Success)).DistinctBy(edge => edge.Item1)];
        JobAddition addition = StoreConformanceContext.Addition(parents.Select(edge => ParentReference.To(edge.Parent, edge.Condition))) with
        {
            Key = random.Next(2) == 0 ? null : $"key {random.Next(3)}", Priority = random.Next(3),
        };
        CommitResult? result = await history.MakeAsync(
            number,
            $"add {(addition.Key is null ? "a job" : $"'{addition.Key}'")} after [{string.Join(", ", parents.Select(edge => $"{edge.Parent} {edge.Condition}"))}]",
            () => context.TryCommitAsync(new JobCommit { Additions = [addition] }),
            (answer, _) => One(Show(answer!), model => ExplainAdd(model, addition, parents, answer!)));
        if (result is { IsWritten: true })
        {
            known.Add(result.Added[0].Id);
            _read[result.Added[0].Id] = result.Added[0];
        }
    }

    private static bool ExplainAdd(StoreModel model, JobAddition addition, (JobId Parent, DependencyCondition Condition)[] parents, CommitResult answer)
    {
        if (parents.Any(edge => model.Find(edge.Parent) is null))
        {
            return answer.Refusal is JobNotFoundException;
        }

        if (!answer.IsWritten)
        {
            return false;
        }

        Job added = answer.Added[0];
        if (addition.Key is not null && model.Jobs.FirstOrDefault(job => job.Key == addition.Key) is { } owner)
        {
            return owner.Id == added.Id && answer.Existing.Contains(added.Id) && owner.MayBeSeenAs(added);
        }

        if (answer.Existing.Count > 0 || added.Id.Value <= model.LastId)
        {
            return false;
        }

        var job = new ModelJob { Id = added.Id, Key = addition.Key, Application = addition.Application, Site = addition.Site, Priority = addition.Priority, Resources = addition.Resources, Parents = parents };
        model.Add([job]);
        job.Tell(added.Version);
        return job.MayBeSeenAs(added);
    }

    private async Task ReadAsync()
    {
        JobId id = PickJob();
        IReadOnlyList<Job> found = await history.ReadAsync(
            number, $"read {id}", () => context.Store.FindAsync([id], CancellationToken.None), jobs => One(Show(jobs is [var one] ? one : null), model => ExplainSeen(model, id, jobs is [var same] ? same : null)));
        Remember(found);
    }

    // These are as they are together, at one instant.
    private async Task ReadTogetherAsync()
    {
        JobId[] ids = [.. new[] { PickJob(), PickJob(), PickJob() }.Distinct()];
        IReadOnlyList<Job> found = await history.ReadAsync(
            number, $"read together {string.Join(", ", ids)}", () => context.Store.FindAsync(ids, CancellationToken.None), jobs => One(
                string.Join("; ", jobs.Select(Show)), model => ids.All(id => ExplainSeen(model, id, jobs.FirstOrDefault(job => job.Id == id)))));
        Remember(found);
    }

    private static bool ExplainSeen(StoreModel model, JobId id, Job? seen) => model.Find(id) is { } job ? seen is not null && job.MayBeSeenAs(seen) : seen is null;

    // Once is enough for a short round: each job that is seen or not is an operation of its own.
    private Task QuerySomeAsync()
    {
        if (_hasQueried)
        {
            return CountAsync();
        }

        _hasQueried = true;
        return QueryAsync(random.Next(2) == 0 ? JobStates.All : JobStateSet.Of(JobState.Failed, JobState.StagedIn, JobState.JobFinished));
    }

    // Each job is seen as it is at one instant of the call: a query is not one look at all of them.
    private async Task<IReadOnlyList<Job>> QueryAsync(JobStateSet states)
    {
        JobFilter filter = states == JobStates.All ? JobFilter.All : new StateFilter(states);
        JobId[] asked = known.Jobs;
        IReadOnlyList<Job> found = await history.ReadAsync(
            number,
            $"query {(states == JobStates.All ? "all" : states)}",
            () => context.Store.QueryAsync(new JobSelector { Filter = filter }, CancellationToken.None),
            jobs => asked.Union(jobs.Select(job => job.Id)).Select(id => (id, jobs.FirstOrDefault(job => job.Id == id))).Select(each => (
                $"{each.id}: {Show(each.Item2)}",
                (Func<StoreModel, bool>)(model => each.Item2 is not null ? ExplainSeen(model, each.id, each.Item2) : model.Find(each.id) is not { } job || !states.Contains(job.State)))));
        Remember(found);
        return found;
    }

    private async Task CountAsync() => await history.ReadAsync(
        number, "count", () => context.Store.CountAsync(JobFilter.All, CancellationToken.None), counts => One(
            string.Join(", ", JobStates.All.Where(state => counts[state] > 0).Select(state => $"{counts[state]} {state.ToText()}")),
            model => JobStates.All.All(state => counts[state] == model.Jobs.Count(job => job.State == state))));

    private void Remember(IReadOnlyList<Job> jobs)
    {
        foreach (Job job in jobs)
        {
            _read[job.Id] = job;
        }
    }

    private async Task MoveAsync()
    {
        if (Pick(_read.Values.ToArray()) is not { } job)
        {
            return;
        }

        var change = new JobChange(job);
        JobTrigger[] way = job.State.IsFinal() ? [JobTrigger.Restarted]
            : job.State == JobState.AwaitingParents || random.Next(3) == 0 ? [JobTrigger.Cancelled]
            : random.Next(3) == 0 ? [] : [.. WayTo(job.State, JobState.JobFinished)];
        int priority = way.Length == 0 ? random.Next(3) : job.Priority;
        if (way.Length == 0)
        {
            change.Edit(fields => fields with { Priority = priority }, _now);
        }
        else if (way[0] == JobTrigger.Cancelled)
        {
            change = context.Cancellation(job);
        }
        else
        {
            Array.ForEach(way, trigger => change.Apply(trigger, _now));
        }

        CommitResult? result = await history.MakeAsync(
            number,
            $"user: {job.Id} of version {job.Version} {(way.Length == 0 ? $"gets priority {priority}" : $"to {change.After.State.ToText()}")}",
            () => context.TryCommitAsync(new JobCommit { Changes = [change] }),
            (answer, _) => One(Show(answer!), model => ExplainWrite(model, change, way, answer!, null, false)));
        Note(result, change.After);
    }

    private static bool ExplainWrite(StoreModel model, JobChange change, JobTrigger[] way, CommitResult answer, LeaseToken? lease, bool keep)
    {
        ModelJob? job = model.Find(change.Before.Id);
        bool isLost = lease is { } token && job?.Holder?.Token != token;
        if (!answer.IsWritten)
        {
            bool isStale = job is null || !job.IsVersionKnown || job.Version != change.Before.Version;
            return (answer.Refusal is JobConcurrencyException && isStale) || (answer.Refusal is LeaseLostException && (isLost || model.Sessions.All(session => session.Token != lease)));
        }

        if (job is null || isLost || !job.MayBeSeenAs(change.Before))
        {
            return false;
        }

        model.Move(job.Id, way);
        job.Priority = change.After.Priority;
        job.Tell(change.After.Version);
        job.Holder = lease is null || keep ? job.Holder : null;
        model.Settle();
        return true;
    }

    private void Note(CommitResult? result, Job after)
    {
        if (result is { IsWritten: true })
        {
            _read[after.Id] = after;
        }
        else
        {
            _read.Remove(after.Id);
        }
    }

    private async Task OpenSessionAsync()
    {
        if (known.Sessions.Length > 4)
        {
            return;
        }

        LauncherSession? opened = await history.MakeAsync(number, "open a session", () => context.OpenSessionAsync(Lease), (session, _) => One(FormattableString.Invariant($"{session!.Token.Epoch}"), model =>
        {
            bool rises = session!.Token.Epoch > model.LastEpoch;
            model.LastEpoch = session.Token.Epoch;
            model.Sessions.Add(new ModelSession(session, _now + Lease));
            return rises;
        }));
        known.Add(opened!);
    }

    private ModelSession? Valid(StoreModel model, LauncherSession session) => model.Sessions.FirstOrDefault(each => each.Token == session.Token && each.Expires >= _now);

    private async Task ClaimAsync()
    {
        if (Pick(known.Sessions) is not { } session)
        {
            return;
        }

        int limit = random.Next(1, 4);
        ClaimResult? claim = await history.MakeAsync(
            number, FormattableString.Invariant($"session {session.Token.Epoch} claims {limit}"), () => context.ClaimAsync(StoreConformanceContext.Wanting(session, limit)), (result, refusal) => One(
                result is null ? Show(refusal!) : string.Join("; ", result.Jobs.Select(Show)), model =>
                {
                    if (Valid(model, session) is not { } holder)
                    {
                        return refusal is LeaseLostException;
                    }

                    ModelJob[] expected = [.. model.Claimable(holder, _now).Take(limit)];
                    Array.ForEach(expected, job => job.Holder = holder);
                    return result is not null && result.Jobs.Count == expected.Length && result.Jobs.Zip(expected).All(pair => pair.First.Id == pair.Second.Id && pair.Second.MayBeSeenAs(pair.First));
                }));
        foreach (Job job in claim?.Jobs ?? [])
        {
            known.Claimed(session, job);
        }
    }

    private async Task LauncherWriteAsync()
    {
        if (known.TakeClaim(random) is not var (session, job) || job.State.IsFinal())
        {
            return;
        }

        bool keep = random.Next(3) > 0;
        JobTrigger[] way = random.Next(4) == 0 ? [.. WayTo(job.State, JobState.JobFinished)] : [StoreConformanceContext.NextTrigger(job.State)];
        var change = new JobChange(job);
        Array.ForEach(way, trigger => change.Apply(trigger, _now));
        CommitResult? result = await history.MakeAsync(
            number,
            FormattableString.Invariant($"session {session.Token.Epoch}{(keep ? ", keeping," : "")} writes {job.Id} of version {job.Version} as {change.After.State.ToText()}"),
            () => context.TryCommitAsync(new JobCommit { Changes = [change], Lease = session.Token, KeepLease = keep }),
            (answer, _) => One(Show(answer!), model => Valid(model, session) is null ? answer!.Refusal is LeaseLostException : ExplainWrite(model, change, way, answer!, session.Token, keep)));
        if (keep && result is { IsWritten: true })
        {
            known.Claimed(session, change.After);
        }
    }

    private async Task ReleaseAsync()
    {
        if (Pick(known.Sessions) is not { } session)
        {
            return;
        }

        JobId[] ids = [.. new[] { PickJob(), PickJob() }.Distinct()];
        await history.MakeAsync(number, FormattableString.Invariant($"session {session.Token.Epoch} releases {string.Join(", ", ids)}"), () => DoAsync(context.Store.ReleaseAsync(session.Token, ids, CancellationToken.None)), (_, refusal) => One(
            Show(refusal), model =>
            {
                if (Valid(model, session) is not { } holder)
                {
                    return refusal is LeaseLostException;
                }

                foreach (ModelJob job in ids.Select(model.Find).OfType<ModelJob>().Where(job => job.Holder == holder))
                {
                    job.Holder = null;
                }

                return refusal is null;
            }));
    }

    private async Task CloseSessionAsync()
    {
        if (Pick(known.Sessions) is { } session)
        {
            await CloseAsync(session);
        }
    }

    private async Task CloseAsync(LauncherSession session)
    {
        await history.MakeAsync(number, FormattableString.Invariant($"close session {session.Token.Epoch}"), () => DoAsync(context.Store.CloseSessionAsync(session.Token, CancellationToken.None)), (_, refusal) => One(
            Show(refusal), model =>
            {
                if (Valid(model, session) is not { } open)
                {
                    return refusal is LeaseLostException;
                }

                model.Close(open);
                return refusal is null;
            }));
        known.Forget(session);
    }

    private async Task RenewAsync()
    {
        if (Pick(known.Sessions) is not { } session)
        {
            return;
        }

        await history.MakeAsync(number, FormattableString.Invariant($"renew session {session.Token.Epoch}"), () => DoAsync(context.Store.RenewAsync(session.Token, CancellationToken.None)), (_, refusal) => One(
            Show(refusal), model =>
            {
                if (Valid(model, session) is not { } open)
                {
                    return refusal is LeaseLostException;
                }

                open.Expires = _now + Lease;
                return refusal is null;
            }));
    }

    private async Task RecoverAsync() => await history.MakeAsync(
        number, "recover", () => context.Store.RecoverAsync(SiteName.Local, CancellationToken.None), (recovered, _) => One(
            string.Join(", ", recovered!), model => model.Recover(SiteName.Local, _now).Order().SequenceEqual(recovered!.Order())));

    private async Task CancelSeveralAsync()
    {
        JobId[] ids = [.. new[] { PickJob(), PickJob(), PickJob() }.Distinct()];
        await history.MakeAsync(number, $"cancel {string.Join(", ", ids)}", () => context.ChangeAsync(ids, BulkRules.Cancel(context)), (report, _) => One(
            $"changed {string.Join(", ", report!.Changed)}",
            model => model.MoveAll(ids, state => state.IsFinal() ? [] : [JobTrigger.Cancelled]).Order().SequenceEqual(report!.Changed.Order())));
    }

    private Task DeleteSomeAsync() => DeleteAsync([.. new[] { PickJob(), PickJob() }.Distinct()]);

    /// <summary>Deletes jobs, as far as nothing holds them.</summary>
    public async Task DeleteAsync(JobId[] ids)
    {
        await history.MakeAsync(number, $"delete {string.Join(", ", ids)}", () => context.DeleteAsync(ids), (report, _) => One(
            $"gone {string.Join(", ", report!.Changed)}",
            model => model.Delete(ids, false).Gone.Order().SequenceEqual(report!.Changed.Order())));
    }

    private static IEnumerable<JobTrigger> WayTo(JobState state, JobState end)
    {
        while (state != end)
        {
            JobTrigger trigger = StoreConformanceContext.NextTrigger(state);
            yield return trigger;
            _ = JobTransitions.TryGetNext(state, trigger, out state);
        }
    }

    private static async Task<bool> DoAsync(Task work)
    {
        await work;
        return true;
    }

    private static string Show(Job? job) => job is null ? "none" : FormattableString.Invariant($"{job.Id} {job.State.ToText()} v{job.Version} p{job.Priority}");

    private static string Show(BalsamException? refusal) => refusal is null ? "done" : refusal.GetType().Name;

    private static string Show(CommitResult result) => result.IsWritten ? $"written{string.Concat(result.Added.Select(job => $" {Show(job)}"))}" : Show(result.Refusal);
}
