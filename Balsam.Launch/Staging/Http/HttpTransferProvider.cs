namespace Balsam.Launch.Staging.Http;

/// <summary>Downloads by HTTP and HTTPS. A download that was cut off goes on where it ended, when the server tells versions (ETag, Last-Modified) and serves ranges.</summary>
/// <param name="time">Says when a server has been silent for too long.</param>
internal sealed class HttpTransferProvider(TimeProvider time) : FileTreeProvider, IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,

        // Where the handler follows a redirect, it never goes from https to http, and never to another scheme.
        AllowAutoRedirect = true,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
    })
    {
        // A large file takes its time; silence is noticed by the reader.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public override IReadOnlyCollection<string> Schemes { get; } = [Uri.UriSchemeHttps, Uri.UriSchemeHttp];

    public void Dispose() => _client.Dispose();

    protected override Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken) => Task.FromResult<IFileTree>(new HttpTree(_client, time, endpoint));

    protected override void Check(TransferItem item)
    {
        if (item.Direction == TransferDirection.Out)
        {
            throw new TransferException($"'{item.Remote}' cannot be written: HTTP brings files in only. Stage out to a location of another kind.", isTransient: false);
        }

        if (item.IsRecursive)
        {
            throw new TransferException($"'{item.Remote}' cannot be brought in as a directory: HTTP has none. Fill slot '{item.Slot}' from a location of another kind, or declare it without IsRecursive.", isTransient: false);
        }
    }
}
