using System.Globalization;

namespace Balsam;

/// <summary>Compares a planned submit with what is stored.</summary>
internal sealed class SubmitReview(
    SubmissionPlan plan, ApplicationRegistry applications, IReadOnlyDictionary<string, Job> stored, IReadOnlyDictionary<(SiteName, string), Job> users, SecretKeeper secrets)
{
    public SubmitCheck ToCheck()
    {
        SubmitCheckItem[] items = [.. plan.Additions.Select(ToItem)];
        return new SubmitCheck(items, plan.Problems, [.. items.SelectMany(WarningsOf), .. UnknownNodes()]);
    }

    private SubmitCheckItem ToItem(JobAddition addition, int index)
    {
        Job? owner = OwnerOf(addition);
        return new SubmitCheckItem
        {
            Index = index,
            Job = plan.Jobs[index],
            Site = addition.Site,
            Workdir = secrets.Mask(addition.Workdir ?? owner?.Workdir ?? $"{addition.Application}/{{id}}"),
            Command = secrets.Mask(CommandOf(addition)),
            Parameters = addition.Parameters,
            Resources = addition.Resources,
            Stored = owner,
            Differences = owner is null ? [] : [.. SubmitComparison.Compare(owner, addition), .. CompareParents(owner, addition)],
        };
    }

    private Job? OwnerOf(JobAddition addition) => addition.Key is { } key ? stored.GetValueOrDefault(key) : null;

    private string? CommandOf(JobAddition addition)
    {
        CommandTemplate? command = applications.TryGet(addition.Application, out ApplicationDescriptor? application) ? application.Command : null;
        try
        {
            return command is null || !command.Names.All(addition.Parameters.Contains) ? null : command.Render(addition.Parameters);
        }
        catch (FormatException)
        {
            // The planner has made it a problem.
            return null;
        }
    }

    private IEnumerable<SubmitDifference> CompareParents(Job owner, JobAddition addition)
    {
        string[] before = [.. owner.Parents.Select(edge => NameOf(edge.Parent, edge.Condition)).Order(StringComparer.Ordinal)];
        string[] given = [.. addition.Parents.Select(NameOf).Order(StringComparer.Ordinal)];
        return before.SequenceEqual(given) ? [] : [new SubmitDifference("parents", Listed(before), Listed(given))];
    }

    private string NameOf(ParentReference parent) => parent.IsStored ? NameOf(parent.Stored, parent.Condition)
        : OwnerOf(plan.Additions[parent.Index]) is { } owner ? NameOf(owner.Id, parent.Condition)
        : string.Create(CultureInfo.InvariantCulture, $"[{parent.Index}] {plan.Jobs[parent.Index]} ({parent.Condition})");

    private static string NameOf(JobId parent, DependencyCondition condition) => $"job {parent} ({condition})";

    private static string? Listed(string[] parents) => parents.Length == 0 ? null : string.Join(", ", parents);

    private IEnumerable<SubmitWarning> WarningsOf(SubmitCheckItem item)
    {
        if (item.Stored is { State: JobState.Failed } failed)
        {
            yield return Warn(item.Index, SubmitWarningKind.StoredJobFailed, $"job {failed.Id} has its key and is FAILED; a submit does not run it again. RestartAsync does, or delete it first.");
        }

        if (item.IsNew && users.TryGetValue((item.Site, item.Workdir), out Job? user))
        {
            yield return Warn(item.Index, SubmitWarningKind.WorkdirInUse, $"job {user.Id} ({user.State.ToText()}) has the workdir '{item.Workdir}' already, and their files would mix. Give it another, or delete that job.");
        }

        if (item.Parameters.IsEmpty && applications.TryGet(item.Job.Application, out ApplicationDescriptor? application)
            && application is { IsFunction: true, Parameters.Count: 0, ParametersType: { } type } && ParameterTypes.Check(item.Parameters, type).FirstOrDefault() is { } problem)
        {
            yield return Warn(item.Index, SubmitWarningKind.NoInput, $"the function is given no input; {problem}");
        }
    }

    private IEnumerable<SubmitWarning> UnknownNodes() => plan.Nodes.Where(site => site.Value.Count == 0).Select(site =>
    {
        (JobAddition Job, int Index)[] jobs = [.. plan.Additions.Select((job, index) => (job, index)).Where(each => each.job.Site == site.Key)];
        return Warn(jobs[0].Index, SubmitWarningKind.NodesUnknown, string.Create(
            CultureInfo.InvariantCulture, $"no nodes of site {site.Key} are known here, so whether any could run its {jobs.Length} job{(jobs.Length == 1 ? "" : "s")} was not checked."));
    });

    private SubmitWarning Warn(int index, SubmitWarningKind kind, string message) => new(index, kind, plan.Jobs[index].ToString(), message);
}
