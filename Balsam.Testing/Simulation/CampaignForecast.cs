using System.Globalization;
using System.Text;

namespace Balsam.Testing.Simulation;

/// <summary>What a campaign is expected to take, from simulations with several seeds.</summary>
public sealed class CampaignForecast
{
    private const int MostApplications = 10;

    internal CampaignForecast(SimulatedCampaign typical, IReadOnlyList<(SimulatedCampaign.Summary Summary, CampaignUse Use)> all)
    {
        Typical = typical;
        Seeds = all.Count;
        Makespan = ForecastBounds<TimeSpan>.Of(all.Select(campaign => campaign.Summary.Makespan));
        TimeToEnd = ForecastBounds<TimeSpan>.Of(all.Select(campaign => campaign.Summary.TimeToEnd));
        NodeHours = ForecastBounds<double>.Of(all.Select(campaign => campaign.Use.NodeHours(campaign.Use.Offered)));
        WastedNodeHours = ForecastBounds<double>.Of(all.Select(campaign => campaign.Use.NodeHours(campaign.Use.Wasted)));
        Utilization = ForecastBounds<double>.Of(all.Select(campaign => campaign.Use.Utilization));
        Unfinished = ForecastBounds<int>.Of(all.Select(campaign => campaign.Summary.Unfinished));
    }

    /// <summary>How many simulations there were.</summary>
    public int Seeds { get; }

    /// <summary>The simulation whose makespan is the median.</summary>
    public SimulatedCampaign Typical { get; }

    /// <summary>From the first start to the last end of a run.</summary>
    public ForecastBounds<TimeSpan> Makespan { get; }

    /// <summary>From the submit to the last end of a run.</summary>
    public ForecastBounds<TimeSpan> TimeToEnd { get; }

    /// <summary>The node-hours of the allocations: what the campaign costs.</summary>
    public ForecastBounds<double> NodeHours { get; }

    /// <summary>Those of them that were not used.</summary>
    public ForecastBounds<double> WastedNodeHours { get; }

    /// <summary>The share of the offered time that was used, 0 to 1.</summary>
    public ForecastBounds<double> Utilization { get; }

    /// <summary>How many jobs did not finish: they failed, or could not run.</summary>
    public ForecastBounds<int> Unfinished { get; }

    /// <summary>Writes the forecast for people.</summary>
    /// <returns>Makespan and node-hours with their bounds; of the typical simulation where the node-hours went, the critical path and the applications.</returns>
    public override string ToString()
    {
        CampaignUse use = Typical.Use;
        var text = new StringBuilder();
        Line($"{Typical.States.Count} jobs, {Seeds} {(Seeds == 1 ? "simulation" : "simulations")}");
        Line($"makespan        {Show(Makespan.Median)}{Bounds(Show(Makespan.Low), Show(Makespan.High))}");
        if (TimeToEnd != Makespan)
        {
            Line($"with queue      {Show(TimeToEnd.Median)}{Bounds(Show(TimeToEnd.Low), Show(TimeToEnd.High))}");
        }

        Line($"node-hours      {NodeHours.Median:0.####}{Bounds($"{NodeHours.Low:0.####}", $"{NodeHours.High:0.####}")}");
        Part("used", use.Used);
        Part("overhead", use.Overhead);
        Part("tail", use.Tail);
        Part("fragmentation", use.Fragmentation);
        Part("dependencies", use.DependencyWaits);
        Part("wall time", use.WallTime);
        Part("failures", use.Failures);
        Line($"critical path   {Show(Typical.CriticalPath.Length)}, {Typical.CriticalPath.Jobs.Count} jobs");
        if (Unfinished.High > 0)
        {
            Line($"not finished    {Unfinished.Median} jobs{Bounds($"{Unfinished.Low}", $"{Unfinished.High}")}");
        }

        foreach (ApplicationForecast application in Typical.Applications.Take(MostApplications))
        {
            Line($"{application.Application}: {application.Finished} of {application.Jobs} jobs finished, {application.Runs} runs ({application.FailedRuns} failed), each {Show(application.RunTime.P50)} (p90 {Show(application.RunTime.P90)})");
        }

        if (Typical.Applications.Count > MostApplications)
        {
            Line($"… and {Typical.Applications.Count - MostApplications} more applications");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void Part(string name, CoreTime time)
        {
            if (time.Ticks != 0)
            {
                Line($"  {name,-13} {use.NodeHours(time):0.####} ({(double)time.Ticks / (double)use.Offered.Ticks * 100:0.0} %)");
            }
        }

        string Bounds(string low, string high) => Seeds == 1 || low == high ? "" : $" (90 %: {low} to {high})";
    }

    internal static string Show(TimeSpan duration) => duration switch
    {
        { TotalMinutes: < 2 } => FormattableString.Invariant($"{duration.TotalSeconds:0.###} s"),
        { TotalDays: < 1 } => duration.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture),
        _ => FormattableString.Invariant($"{(int)duration.TotalDays} d {duration:hh\\:mm\\:ss}"),
    };
}
