using Balsam.Storage;
using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>Checks jobs against the applications of this host, the nodes it knows, and what is stored: the same for a program's submit and for a hook's.</summary>
internal sealed class SubmissionDesk(IJobStore store, ApplicationRegistry applications, IEnumerable<INodeCatalog> catalogs, IOptions<TransferOptions> transfers, SecretKeeper secrets)
{
    private readonly INodeCatalog[] _catalogs = [.. catalogs];

    /// <summary>Makes jobs ready for the store, with every problem that they would be refused for.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="site">The site of those that name none.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    public async Task<SubmissionPlan> PlanAsync(IReadOnlyList<NewJob> jobs, SiteName site, CancellationToken cancellationToken)
    {
        JobId[] parents = [.. jobs.SelectMany(job => job.Parents).Where(parent => parent.Job is null).Select(parent => parent.Stored).Distinct()];
        Dictionary<JobId, Job> stored = parents.Length == 0 ? [] : (await store.FindAsync(parents, cancellationToken).ConfigureAwait(false)).ToDictionary(job => job.Id);
        Dictionary<SiteName, IReadOnlyList<NodeSpec>> nodes = [];
        foreach (SiteName each in jobs.Select(job => job.Site ?? site).Distinct())
        {
            nodes.Add(each, await NodesOfAsync(each, cancellationToken).ConfigureAwait(false));
        }

        _ = secrets.Refresh();
        var planner = new SubmissionPlanner(applications, site, nodes, stored, transfers.Value, secrets);
        return new SubmissionPlan(jobs, planner.Plan(jobs), planner.Problems, nodes);
    }

    /// <summary>The nodes of a site, as far as anybody here knows them.</summary>
    public async Task<IReadOnlyList<NodeSpec>> NodesOfAsync(SiteName site, CancellationToken cancellationToken)
    {
        List<NodeSpec> known = [];
        foreach (INodeCatalog catalog in _catalogs)
        {
            known.AddRange(await catalog.GetNodesAsync(site, cancellationToken).ConfigureAwait(false));
        }

        return known;
    }

    /// <summary>Makes ready for the store what a hook or function asked for. It becomes part of the job's subtree.</summary>
    /// <param name="context">What the hook or function was given.</param>
    /// <param name="below">How the job must end for the submitted jobs that name no other condition.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    /// <exception cref="SubmitRefusedException">A job is refused; the exception names every problem.</exception>
    /// <exception cref="AddParentsRefusedException">A job is to wait for one that was not submitted.</exception>
    public async Task<(IReadOnlyList<JobAddition> Additions, IReadOnlyList<JobLink> Links)> PlanAsync(ApplicationContext context, DependencyCondition below, CancellationToken cancellationToken)
    {
        IReadOnlyList<NewJob> jobs = context.Submitted;
        IReadOnlyList<AddedParent> parents = context.AddedParents;
        if (jobs.Count + parents.Count == 0)
        {
            return ([], []);
        }

        SubmissionPlan plan = await PlanAsync(jobs, context.Job.Site, cancellationToken).ConfigureAwait(false);
        if (plan.Problems.Count > 0)
        {
            throw new SubmitRefusedException(plan.Problems);
        }

        Dictionary<NewJob, int> places = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < jobs.Count; i++)
        {
            places.Add(jobs[i], i);
        }

        return (
            [.. plan.Additions.Select(addition => addition.Parents.Any(parent => !parent.IsStored || parent.Stored == context.Id)
                ? addition
                : addition with { Parents = addition.Parents.Add(ParentReference.To(context.Id, below)) })],
            [.. parents.Select(added => new JobLink(added.Child, Refer(added, places)))]);
    }

    private static ParentReference Refer(AddedParent added, Dictionary<NewJob, int> places) =>
        added.Parent.Job is not { } job ? ParentReference.To(added.Parent.Stored, added.Parent.Condition)
        : places.TryGetValue(job, out int place) ? ParentReference.ToIndex(place, added.Parent.Condition)
        : throw new AddParentsRefusedException(
            added.Child, AddParentsProblemKind.ParentNotFound, $"Job {added.Child} is to wait for {job}, which was not submitted. Pass it to Submit as well.");
}
