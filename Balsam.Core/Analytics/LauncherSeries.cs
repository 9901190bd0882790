namespace Balsam;

/// <summary>What launchers offer over time. A node or core that two launchers name at a time counts once.</summary>
internal sealed record LauncherSeries(StepSeries Cores, StepSeries Nodes)
{
    public static LauncherSeries Of(IReadOnlyList<LauncherRecord> launchers, DateTimeOffset from, DateTimeOffset to)
    {
        var cores = new SeriesWriter();
        var nodes = new SeriesWriter();
        Dictionary<(SiteName, string), int> heldNodes = [];
        Dictionary<(SiteName, string, int), int> heldCores = [];
        IEnumerable<LauncherRecord> present = launchers.Where(launcher => launcher.OpenedAt <= to && !(launcher.ClosedAt <= from));
        foreach ((long at, LauncherRecord launcher, bool starts) in EdgeList.InOrder([.. present], launcher => launcher.OpenedAt > from ? launcher.OpenedAt : from, ClosedAt))
        {
            int sign = starts ? 1 : -1;
            foreach (NodeSpec node in launcher.Nodes)
            {
                nodes.Add(at, EdgeList.Hold(heldNodes, (launcher.Site, node.Name), sign));
                cores.Add(at, node.CoreIds.Sum(core => EdgeList.Hold(heldCores, (launcher.Site, node.Name, core), sign)));
            }
        }

        return new LauncherSeries(cores.ToSeries(), nodes.ToSeries());

        DateTimeOffset? ClosedAt(LauncherRecord launcher) => launcher.ClosedAt <= to ? launcher.ClosedAt : null;
    }
}
