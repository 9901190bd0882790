using Balsam.Storage;

namespace Balsam.Testing.Conformance.Model;

/// <content>Users that add jobs, link them, move them and edit them.</content>
internal sealed partial class ModelCommands
{
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
}
