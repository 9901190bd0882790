using Balsam.Storage;
using Balsam.Testing.Conformance.Cases;

namespace Balsam.Testing.Conformance.Model;

/// <content>Users that change or delete many jobs by a rule.</content>
internal sealed partial class ModelCommands
{
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
}
