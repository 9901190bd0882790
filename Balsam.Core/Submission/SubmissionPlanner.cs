using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Balsam;

/// <summary>Checks the jobs of one submit and makes them ready for the store. Looks at everything, so that all problems come out together.</summary>
internal sealed class SubmissionPlanner(
    ApplicationRegistry applications, SiteName defaultSite, IReadOnlyDictionary<SiteName, IReadOnlyList<NodeSpec>> nodes, IReadOnlyDictionary<JobId, Job> storedParents, TransferOptions transfers,
    SecretKeeper secrets)
{
    private const int CircleShown = 20;

    private readonly TransferPlanner _transfers = new(transfers);
    private readonly List<SubmitProblem> _problems = [];
    private readonly Dictionary<(SiteName, JobResources), string[]> _knownRequests = [];
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobId> _storedKeys =
        storedParents.Values.Where(parent => parent.Key is not null).ToDictionary(parent => parent.Key!, parent => parent.Id, StringComparer.Ordinal);

    /// <summary>The problems found by <see cref="Plan"/>, by the job's place in the call.</summary>
    public IReadOnlyList<SubmitProblem> Problems => [.. _problems.OrderBy(problem => problem.Index)];

    public IReadOnlyList<JobAddition> Plan(IReadOnlyList<NewJob> jobs)
    {
        Dictionary<NewJob, int> places = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < jobs.Count; i++)
        {
            if (!places.TryAdd(jobs[i], i))
            {
                Refuse(i, jobs[i], SubmitProblemKind.DuplicateWorkdir, string.Create(CultureInfo.InvariantCulture, $"the same NewJob stands at [{places[jobs[i]]}] too; make one per job."));
            }
        }

        var additions = new JobAddition[jobs.Count];
        Dictionary<(SiteName, string), int> workdirs = [];
        for (int i = 0; i < jobs.Count; i++)
        {
            additions[i] = PlanOne(i, jobs[i], places, workdirs);
        }

        FindCycle(jobs, additions);
        return additions;
    }

    private JobAddition PlanOne(int index, NewJob job, Dictionary<NewJob, int> places, Dictionary<(SiteName, string), int> workdirs)
    {
        SiteName site = job.Site ?? defaultSite;
        JobData parameters = job.Parameters;
        JobResources resources = job.Resources ?? JobResources.Default;
        ImmutableArray<TransferItem> items = [];
        if (applications.TryGet(job.Application, out ApplicationDescriptor? application))
        {
            parameters = ParameterRules.Complete(application, parameters, (kind, message) => Refuse(index, job, kind, message));
            resources = job.Resources ?? application.Resources;
            items = _transfers.Plan(application, job.Transfers, (kind, message) => Refuse(index, job, kind, message));
        }
        else
        {
            string known = applications.All.Count == 0 ? "none" : string.Join(", ", applications.All.Select(a => a.Name).Order());
            Refuse(index, job, SubmitProblemKind.UnknownApplication, $"the application is not registered in this host. Registered: {known}. Call AddApplication<{job.Application}>().");
        }

        CheckResources(index, job, site, resources);
        CheckFields(index, job);
        CheckKey(index, job, places);
        CheckSecrets(index, job, parameters);
        return new JobAddition
        {
            Application = application?.Name ?? job.Application,
            Site = site,
            Key = job.Key,
            Workdir = CheckWorkdir(index, job, site, workdirs),
            Parameters = parameters,
            Tags = job.Tags.Count == 0 ? FrozenDictionary<string, string>.Empty : new Dictionary<string, string>(job.Tags, StringComparer.Ordinal),
            Data = job.Data,
            Resources = resources,
            Priority = job.Priority,
            Transfers = items,
            HasInputsFromParents = application?.InputsFromParents.Count > 0,
            Parents = FindParents(index, job, places),
        };
    }

    private void CheckResources(int index, NewJob job, SiteName site, JobResources resources)
    {
        if (!_knownRequests.TryGetValue((site, resources), out string[]? problems))
        {
            problems = [.. resources.Validate()];
            if (problems.Length == 0 && nodes[site] is { Count: > 0 } known && NodeRequests.WhyNever(known, resources) is { } never)
            {
                problems = [never + "."];
            }

            _knownRequests.Add((site, resources), problems);
        }

        foreach (string problem in problems)
        {
            Refuse(index, job, SubmitProblemKind.BadResources, problem);
        }
    }

    private void CheckFields(int index, NewJob job)
    {
        if (SubmissionLimits.WhyTooLarge(job.Data) is { } tooLarge)
        {
            Refuse(index, job, SubmitProblemKind.BadField, tooLarge);
        }

        foreach ((string key, string value) in job.Tags)
        {
            if (SubmissionLimits.WhyBadTag(key, value) is { } bad)
            {
                Refuse(index, job, SubmitProblemKind.BadField, bad);
            }
        }
    }

    private void CheckKey(int index, NewJob job, Dictionary<NewJob, int> places)
    {
        if (job.Key is not { } key || places[job] != index)
        {
            return;
        }

        if (key.Length > SubmissionLimits.KeyLength || key.Any(char.IsControl) || !Workdirs.IsUnicode(key))
        {
            string shown = key.Length > 40 ? key[..40] + "…" : key;
            Refuse(index, job, SubmitProblemKind.BadField, string.Create(
                CultureInfo.InvariantCulture, $"the key '{shown}' is not valid Unicode, has a control character, or is longer than {SubmissionLimits.KeyLength} characters."));
        }
        else if (!_keys.TryAdd(key, index))
        {
            Refuse(index, job, SubmitProblemKind.DuplicateKey, string.Create(CultureInfo.InvariantCulture, $"the key '{key}' is [{_keys[key]}]'s already; give each job its own."));
        }
    }

    private void CheckSecrets(int index, NewJob job, JobData parameters)
    {
        foreach (string leak in secrets.WhyLeak(parameters, job.Data, job.Tags, job.Key, job.Workdir))
        {
            Refuse(index, job, SubmitProblemKind.BadField, leak);
        }

        // As it stands, and as it reads once what a URI escapes is put back.
        foreach (string leak in job.Transfers.Select(transfer => secrets.WhyLeaks($"the address of the transfer '{transfer.Key}'", $"{transfer.Value}\n{Uri.UnescapeDataString(transfer.Value.Path)}")).OfType<string>())
        {
            Refuse(index, job, SubmitProblemKind.BadField, leak);
        }
    }

    private string? CheckWorkdir(int index, NewJob job, SiteName site, Dictionary<(SiteName, string), int> workdirs)
    {
        if (job.Workdir is null)
        {
            return null;
        }

        if (Workdirs.Problem(job.Workdir, out string workdir) is { } problem)
        {
            Refuse(index, job, SubmitProblemKind.BadWorkdir, problem + ".");
        }
        else if (!workdirs.TryAdd((site, workdir), index))
        {
            Refuse(index, job, SubmitProblemKind.DuplicateWorkdir, string.Create(
                CultureInfo.InvariantCulture, $"the workdir '{workdir}' is [{workdirs[(site, workdir)]}]'s already; give each job of a call its own."));
        }

        return workdir;
    }

    private ImmutableArray<ParentReference> FindParents(int index, NewJob job, Dictionary<NewJob, int> places)
    {
        if (job.Parents.Count == 0)
        {
            return [];
        }

        ImmutableArray<ParentReference>.Builder parents = ImmutableArray.CreateBuilder<ParentReference>(job.Parents.Count);
        Dictionary<ParentReference, DependencyCondition> seen = [];
        foreach (NewJobParent parent in job.Parents)
        {
            ParentReference reference;
            if (parent.Job is { } sibling)
            {
                if (!places.TryGetValue(sibling, out int place))
                {
                    Refuse(index, job, SubmitProblemKind.UnknownParent, $"its parent ({sibling}) is not part of this call. Add it to the call. If it was submitted before, write .After(job) with the Job that SubmitAsync returned.");
                    continue;
                }

                reference = ParentReference.ToIndex(place, parent.Condition);
            }
            else if (storedParents.ContainsKey(parent.Stored))
            {
                reference = ParentReference.To(parent.Stored, parent.Condition);
            }
            else
            {
                Refuse(index, job, SubmitProblemKind.UnknownParent, $"its parent, job {parent.Stored}, is not in the store.");
                continue;
            }

            if (seen.TryAdd(IdentityOf(reference, parent.Job), parent.Condition))
            {
                parents.Add(reference);
            }
            else if (seen[IdentityOf(reference, parent.Job)] is var earlier && earlier != parent.Condition)
            {
                string name = parent.Job?.ToString() ?? $"job {parent.Stored}";
                Refuse(index, job, SubmitProblemKind.ConflictingParent, $"its parent ({name}) is named twice, with the conditions {earlier} and {parent.Condition}; name it once.");
            }
        }

        return parents.ToImmutable();
    }

    // A parent of the call whose key a stored parent has is that job.
    private ParentReference IdentityOf(ParentReference reference, NewJob? sibling) =>
        sibling?.Key is { } key && _storedKeys.TryGetValue(key, out JobId stored) ? ParentReference.To(stored)
        : reference.IsStored ? ParentReference.To(reference.Stored)
        : ParentReference.ToIndex(reference.Index);

    // Kahn's algorithm: what cannot be ordered is on a circle, or behind one.
    private void FindCycle(IReadOnlyList<NewJob> jobs, JobAddition[] additions)
    {
        var waiting = new int[additions.Length];
        var children = new List<int>?[additions.Length];
        for (int i = 0; i < additions.Length; i++)
        {
            foreach (ParentReference parent in additions[i].Parents)
            {
                if (!parent.IsStored)
                {
                    waiting[i]++;
                    (children[parent.Index] ??= []).Add(i);
                }
            }
        }

        var free = new Queue<int>(Enumerable.Range(0, waiting.Length).Where(i => waiting[i] == 0));
        int ordered = 0;
        while (free.TryDequeue(out int i))
        {
            ordered++;
            foreach (int child in children[i] ?? [])
            {
                if (--waiting[child] == 0)
                {
                    free.Enqueue(child);
                }
            }
        }

        if (ordered == waiting.Length)
        {
            return;
        }

        // From any job that is left, walking to a parent that is left must come round.
        int at = Array.FindIndex(waiting, count => count > 0);
        List<int> path = [];
        HashSet<int> passed = [];
        while (passed.Add(at))
        {
            path.Add(at);
            at = additions[at].Parents.First(parent => !parent.IsStored && waiting[parent.Index] > 0).Index;
        }

        path.RemoveRange(0, path.IndexOf(at));
        IEnumerable<string> names = path.Take(CircleShown).Select(i => $"[{i.ToString(CultureInfo.InvariantCulture)}] {jobs[i]}");
        string[] skipped = path.Count > CircleShown ? [string.Create(CultureInfo.InvariantCulture, $"{path.Count - CircleShown} more")] : [];
        string circle = string.Join(" after ", [.. names, .. skipped, $"[{at.ToString(CultureInfo.InvariantCulture)}] {jobs[at]}"]);
        Refuse(at, jobs[at], SubmitProblemKind.Cycle, $"its parents form a circle: {circle}.");
    }

    private void Refuse(int index, NewJob job, SubmitProblemKind kind, string message) => _problems.Add(new SubmitProblem(index, kind, secrets.Mask(job.ToString()), secrets.Mask(message)));
}
