using System.Collections.Immutable;
using Balsam.Launch.Platforms;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Hosting;

/// <summary>The nodes of this host's launcher: those of the options, else this machine, looked at once.</summary>
internal sealed class LauncherNodes(IOptions<LauncherOptions> options, IOptions<BalsamOptions> balsam) : INodeCatalog
{
    private readonly Lazy<Task<NodeSpec>> _local = new(() => LocalNode.DetectAsync(CancellationToken.None));

    public bool AreDetected => options.Value.Nodes.Count == 0;

    public async Task<ImmutableArray<NodeSpec>> GetAsync(CancellationToken cancellationToken) =>
        AreDetected ? [await _local.Value.WaitAsync(cancellationToken).ConfigureAwait(false)] : [.. options.Value.Nodes];

    public async Task<IReadOnlyList<NodeSpec>> GetNodesAsync(SiteName site, CancellationToken cancellationToken) =>
        site == balsam.Value.Site ? await GetAsync(cancellationToken).ConfigureAwait(false) : [];
}
