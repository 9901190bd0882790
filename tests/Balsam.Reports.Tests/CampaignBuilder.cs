using System.Collections.Immutable;

namespace Balsam.Reports.Tests;

/// <summary>Makes up campaigns without a store.</summary>
internal sealed class CampaignBuilder
{
    private readonly List<PlannedJob> _jobs = [];
    private readonly List<LauncherRecord> _launchers = [];

    public static DateTimeOffset Start { get; } = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public PlannedJob Add(string application, string workdir, params PlannedJob[] parents)
    {
        var job = new PlannedJob(new JobId(_jobs.Count + 1), application, workdir, [.. parents]);
        _jobs.Add(job.Step(parents.Length > 0 ? JobState.AwaitingParents : JobState.Ready, 0));
        return job;
    }

    public CampaignBuilder Launcher(double from, double? to, params NodeSpec[] nodes)
    {
        var token = new LeaseToken(new SessionId(new Guid(_launchers.Count + 1, 0, 0, new byte[8])), 1);
        _launchers.Add(new LauncherRecord(token, new SiteName("test"), "host", 1, [.. nodes], Start.AddSeconds(from), to is { } end ? Start.AddSeconds(end) : null));
        return this;
    }

    public CampaignAnalysis Build(double now) =>
        CampaignAnalysis.Of(_jobs.Select(job => job.ToJob()), _jobs.SelectMany(job => job.Events).OrderBy(step => step.At), _launchers, Start.AddSeconds(now));
}
