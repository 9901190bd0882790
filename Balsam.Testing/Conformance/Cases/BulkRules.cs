using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Rules of bulk changes for cases and for the model.</summary>
internal static class BulkRules
{
    public static Func<Job, IBulkChangeView, JobDecision> Edit(StoreConformanceContext context, Func<JobSnapshot, JobSnapshot> edit) =>
        (job, _) => JobDecision.Make(new JobChange(job).Edit(edit, context.Now));

    public static Func<Job, IBulkChangeView, JobDecision> Cancel(StoreConformanceContext context) => (job, _) => job.State.IsFinal()
        ? JobDecision.Refuse(WhyUnchanged.IllegalState, "it has ended")
        : JobDecision.Make(context.Cancellation(job));

    /// <summary>Sends failed jobs back to wait for their parents, where these let them.</summary>
    public static Func<Job, IBulkChangeView, JobDecision> SendBack(StoreConformanceContext context) => (job, view) =>
        job.State != JobState.Failed ? JobDecision.Refuse(WhyUnchanged.IllegalState, "it has not failed")
        : job.Parents.Any(edge => view.Find(edge.Parent) is not { } parent || DependencyRules.Judge(edge.Condition, parent.State) == DependencyVerdict.Broken)
            ? JobDecision.Refuse(WhyUnchanged.BlockedByParent, "a parent is in the way")
        : JobDecision.Make(new JobChange(job).Apply(JobTrigger.ParentRestarted, context.Now));

    public static Task<ChangeReport> ChangeAsync(
        this StoreConformanceContext context, IEnumerable<JobId> ids, Func<Job, IBulkChangeView, JobDecision> rule, JobFilter? filter = null) =>
        context.Store.ChangeAsync(new JobBulkChange { Ids = [.. ids], Filter = filter ?? JobFilter.All, Rule = rule }, CancellationToken.None);
}
