namespace Balsam.Docs.Tests;

/// <summary>A site in a directory of its own, for one test of a page.</summary>
internal sealed class DocsSite : IAsyncDisposable
{
    private DocsSite(BalsamSite site) => Site = site;

    public BalsamSite Site { get; }

    public BalsamClient Client => Site.Client;

    public static async Task<DocsSite> OpenAsync(Action<IBalsamBuilder> configure) =>
        new(await BalsamSite.OpenAsync(Directory.CreateTempSubdirectory("balsam-docs-").FullName, configure));

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        Directory.Delete(Site.Directory, recursive: true);
    }
}
