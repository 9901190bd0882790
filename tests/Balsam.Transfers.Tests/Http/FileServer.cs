using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Balsam.Transfers.Tests.Http;

/// <summary>A real web server on loopback that serves one file, well or badly.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileServer(WebApplication app) => _app = app;

    public byte[] Content { get; set; } = [];

    /// <summary>The version that is told, quoted; null for none.</summary>
    public string? Tag { get; set; } = "\"v1\"";

    public DateTimeOffset? LastModified { get; set; }

    public bool ServesRanges { get; set; } = true;

    /// <summary>After how many bytes of a body the connection is cut; null for never.</summary>
    public int? CutAfter { get; set; }

    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    public string? RedirectTo { get; set; }

    /// <summary>The query that each request must have.</summary>
    public string Query { get; set; } = "";

    /// <summary>The first byte that each request has asked for.</summary>
    public List<long> Asked { get; } = [];

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FileServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var server = new FileServer(app);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (RedirectTo is { } target && context.Request.Path == "/redirect")
        {
            response.Redirect(target);
            return;
        }

        response.StatusCode = context.Request.QueryString.Value == Query ? (int)Status : StatusCodes.Status401Unauthorized;
        if (response.StatusCode != StatusCodes.Status200OK)
        {
            return;
        }

        RangeHeaderValue? range = context.Request.GetTypedHeaders().Range;
        string condition = context.Request.Headers.IfRange.ToString();
        bool isCurrent = condition.Length == 0 || condition == Tag || (LastModified is { } time && condition == time.ToString("r"));
        long from = ServesRanges && isCurrent ? range?.Ranges.Single().From ?? 0 : 0;
        Asked.Add(range?.Ranges.Single().From ?? 0);
        if (Tag is not null)
        {
            response.Headers.ETag = Tag;
        }

        if (LastModified is { } modified)
        {
            response.GetTypedHeaders().LastModified = modified;
        }

        if (from > 0)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.GetTypedHeaders().ContentRange = new ContentRangeHeaderValue(from, Content.Length - 1, Content.Length);
        }

        ReadOnlyMemory<byte> body = Content.AsMemory((int)from);
        response.ContentLength = body.Length;
        await response.StartAsync();
        if (CutAfter is not { } part || part >= body.Length)
        {
            await response.Body.WriteAsync(body);
            return;
        }

        await response.Body.WriteAsync(body[..part]);
        await response.Body.FlushAsync();
        context.Abort();
    }
}
