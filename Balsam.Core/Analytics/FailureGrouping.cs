using System.Runtime.InteropServices;

namespace Balsam;

/// <summary>Puts failed jobs with one cause together, and finds what they have in common.</summary>
internal sealed class FailureGrouping
{
    private const int FewestInCommon = 3;
    private const double MostLikely = 0.01;

    private readonly JobTimeline[] _failed;
    private readonly ParameterCounts _parameters;
    private readonly int _jobs;
    private readonly int _runs;
    private readonly Dictionary<JobId, RunSpan> _lastRuns = [];
    private readonly Dictionary<(SiteName, string), int> _runsOnNode = [];
    private readonly Dictionary<string, int> _runsUnderHost = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _exitCauses = new(StringComparer.Ordinal);
    private readonly Dictionary<(SiteName, string), List<LauncherRecord>> _launchersOfNode = [];

    public FailureGrouping(IReadOnlyList<JobTimeline> jobs, IReadOnlyList<RunSpan> runs, IReadOnlyList<LauncherRecord> launchers, Func<RunSpan, SiteName> siteOf, ParameterCounts parameters)
    {
        _failed = [.. jobs.Where(job => job.State == JobState.Failed && job.Failure is not null)];
        _parameters = parameters;
        _jobs = jobs.Count;
        _runs = runs.Count;
        if (_failed.Length == 0)
        {
            return;
        }

        foreach (LauncherRecord launcher in launchers.OrderBy(launcher => launcher.OpenedAt))
        {
            foreach (NodeSpec node in launcher.Nodes)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_launchersOfNode, (launcher.Site, node.Name), out _) ??= []).Add(launcher);
            }
        }

        HashSet<JobId> failed = [.. _failed.Select(job => job.Id)];
        foreach (RunSpan run in runs)
        {
            SiteName site = siteOf(run);
            foreach (string node in run.Nodes.Distinct())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_runsOnNode, (site, node), out _)++;
            }

            if (HostOf(run, site) is { } host)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_runsUnderHost, host, out _)++;
            }

            if (failed.Contains(run.JobId))
            {
                _lastRuns[run.JobId] = run;
            }
        }

        foreach (JobTimeline job in _failed)
        {
            if (ExitCauseOf(job) is { } cause)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_exitCauses, cause, out _)++;
            }
        }
    }

    public IReadOnlyList<FailureGroup> Group() =>
    [
        .. _failed.GroupBy(job => FailureCause.Of(job.Failure!))
            .Select(group => new FailureGroup(group.Key, [.. group.Select(job => job.Id)], group.First().Failure!, InCommon([.. group])))
            .OrderByDescending(group => group.Count).ThenBy(group => group.JobIds[0]),
    ];

    private IReadOnlyList<FailureConcentration> InCommon(IReadOnlyList<JobTimeline> jobs) =>
    [
        .. Traits(jobs)
            .Select(trait => (Trait: trait, Chance: ChanceOf(trait.Count, trait.Of, trait.Expected)))
            .Where(each => each.Trait.Count >= FewestInCommon && each.Trait.Count * 2 >= each.Trait.Of && each.Chance <= MostLikely)
            .OrderBy(each => each.Chance).ThenBy(each => each.Trait.Dimension).ThenBy(each => each.Trait.Name, StringComparer.Ordinal).ThenBy(each => each.Trait.Value, StringComparer.Ordinal)
            .Select(each => each.Trait),
    ];

    private IEnumerable<FailureConcentration> Traits(IReadOnlyList<JobTimeline> jobs)
    {
        JobTimeline[] ran = [.. jobs.Where(job => _lastRuns.ContainsKey(job.Id))];
        IEnumerable<FailureConcentration> nodes = ran
            .SelectMany(job => _lastRuns[job.Id].Nodes.Distinct().Select(node => (job.Site, Node: node)))
            .CountBy(node => node)
            .Select(node => Trait(FailureDimension.Node, null, node.Key.Node, node.Value, ran.Length, _runsOnNode[node.Key], _runs));
        IEnumerable<FailureConcentration> hosts = ran
            .Select(job => HostOf(_lastRuns[job.Id], job.Site)).OfType<string>()
            .CountBy(host => host)
            .Select(host => Trait(FailureDimension.Host, null, host.Key, host.Value, ran.Length, _runsUnderHost[host.Key], _runs));
        IEnumerable<FailureConcentration> applications = jobs
            .CountBy(job => job.Application)
            .Select(application => Trait(FailureDimension.Application, null, application.Key.Value, application.Value, jobs.Count, _parameters.JobsOf(application.Key), _jobs));
        IEnumerable<FailureConcentration> parameters = jobs.GroupBy(job => job.Application).SelectMany(application => application
            .SelectMany(_parameters.OfFailed)
            .CountBy(value => value)
            .Select(value => Trait(
                FailureDimension.Parameter, $"{application.Key}.{value.Key.Name}", value.Key.Value, value.Value, application.Count(), value.Key.Jobs, _parameters.JobsOf(application.Key))));
        IEnumerable<FailureConcentration> causes = ran
            .Select(ExitCauseOf).OfType<string>()
            .CountBy(cause => cause)
            .Select(cause => Trait(FailureDimension.ExitCause, null, cause.Key, cause.Value, ran.Length, _exitCauses[cause.Key], _runs));
        return [.. nodes, .. hosts, .. applications, .. parameters, .. causes];
    }

    private static FailureConcentration Trait(FailureDimension dimension, string? name, string value, int count, int of, int having, int all) =>
        new(dimension, name, value, count, of, Math.Min(1, having / (double)all));

    // The chance that at least so many of n have a trait that each has with the same chance by itself.
    private static double ChanceOf(int count, int of, double each)
    {
        if (each >= 1)
        {
            return 1;
        }

        double chance = 0;
        double ways = 0;
        for (int k = of; k >= count; k--)
        {
            chance += Math.Exp(ways + (k * Math.Log(each)) + ((of - k) * Math.Log(1 - each)));
            ways += Math.Log(k) - Math.Log(of - k + 1);
        }

        return Math.Min(1, chance);
    }

    private string? HostOf(RunSpan run, SiteName site) => run.Nodes.Count > 0 && _launchersOfNode.TryGetValue((site, run.Nodes[0]), out List<LauncherRecord>? launchers)
        ? launchers.FindLast(launcher => launcher.OpenedAt <= run.Start && !(launcher.ClosedAt < run.Start))?.Host
        : null;

    private static string? ExitCauseOf(JobTimeline job) => FailureCause.RootOf(job.Failure!) switch
    {
        { ExitCode: { } code } => FormattableString.Invariant($"exit code {code}"),
        { Signal: { } signal } => FormattableString.Invariant($"signal {signal}"),
        _ => null,
    };
}
