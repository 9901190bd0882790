namespace Balsam.Load.Host.Scenarios;

/// <summary>Opens sites with given slots instead of detected cores.</summary>
internal static class Sites
{
    public static Task<BalsamSite> OpenAsync(string directory, int slots, Action<IBalsamBuilder> configure, Action<LauncherOptions>? launcher = null) => BalsamSite.OpenAsync(directory, balsam =>
    {
        configure(balsam);
        balsam.AddLauncher(options =>
        {
            options.Nodes.Add(new NodeSpec("load", slots));
            launcher?.Invoke(options);
        });
    });

    /// <summary>Opens a site whose launcher takes nothing.</summary>
    public static Task<BalsamSite> OpenIdleAsync(string directory, Action<IBalsamBuilder> configure) => OpenAsync(directory, 1, configure, options => options.Filter = JobFilter.All.Not());
}
