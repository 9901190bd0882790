namespace Balsam;

/// <summary>Knows the nodes of sites, so that a request which none of them can meet is refused at submit.</summary>
public interface INodeCatalog
{
    /// <summary>The nodes of a site.</summary>
    /// <param name="site">The site.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The nodes; none when nothing is known.</returns>
    Task<IReadOnlyList<NodeSpec>> GetNodesAsync(SiteName site, CancellationToken cancellationToken);
}
