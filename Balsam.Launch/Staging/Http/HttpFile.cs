using System.Net;
using System.Net.Http.Headers;
using Balsam.Launch.Staging.Trees;

namespace Balsam.Launch.Staging.Http;

/// <summary>One file behind HTTP: the first answer is looked at, kept, and read.</summary>
internal sealed class HttpFile(HttpClient client, TimeProvider time, string path, Uri uri) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Without what may be secret: a user, a signature in the query.
    private readonly string _name = TreePath.Shown(uri);
    private FileEntry? _entry;
    private HttpResponseMessage? _answer;

    /// <summary>What the first answer told.</summary>
    public async Task<FileEntry> FindAsync(CancellationToken cancellationToken)
    {
        if (_entry is null)
        {
            _answer = await SendAsync(from: 0, cancellationToken).ConfigureAwait(false);
            _entry = Describe(_answer);
        }

        return _entry;
    }

    public async Task<Stream> OpenAsync(long from, CancellationToken cancellationToken)
    {
        FileEntry entry = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (from > 0)
        {
            // The whole file was on its way; only the rest of it is wanted.
            _answer?.Dispose();
            _answer = null;
        }

        HttpResponseMessage answer = Interlocked.Exchange(ref _answer, null) ?? await SendAsync(from, cancellationToken).ConfigureAwait(false);
        try
        {
            if (Describe(answer).Version != entry.Version)
            {
                throw new TransferException($"'{_name}' has changed at the server while it was copied. It is tried again.", isTransient: true);
            }

            var content = new PatientStream(await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), Patience, time, answer);
            bool isRest = answer.StatusCode == HttpStatusCode.PartialContent;
            if (isRest && answer.Content.Headers.ContentRange?.From != from)
            {
                throw new TransferException($"'{_name}' was asked for from byte {from} on, and the server sends something else. It is tried again.", isTransient: true);
            }

            if (!isRest)
            {
                await SkipAsync(content, from, cancellationToken).ConfigureAwait(false);
            }

            return content;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose() => _answer?.Dispose();

    // A server that does not serve ranges sends everything again.
    private async Task SkipAsync(Stream content, long count, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Math.Min(count, 1 << 16)];
        for (long left = count; left > 0;)
        {
            int read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw new TransferException($"'{_name}' has ended before byte {count}, to which it was copied before. It is tried again.", isTransient: true);
            }

            left -= read;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            request.Headers.IfRange = EntityTagHeaderValue.TryParse(_entry?.Version, out EntityTagHeaderValue? tag)
                ? new RangeConditionHeaderValue(tag)
                : RangeConditionHeaderValue.TryParse(_entry?.Version, out RangeConditionHeaderValue? date) ? date : null;
        }

        HttpResponseMessage answer;
        using var silence = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TransferException($"'{_name}' cannot be reached: {exception.Message} It is tried again.", isTransient: true, exception);
        }

        if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
        {
            return answer;
        }

        using (answer)
        {
            throw Refusal(answer.StatusCode);
        }
    }

    // Only a strong version says that bytes are the same; a weak one is not asked for ranges by.
    private FileEntry Describe(HttpResponseMessage answer)
    {
        HttpContentHeaders headers = answer.Content.Headers;
        string? version = answer.Headers.ETag is { IsWeak: false } tag ? tag.Tag : answer.Headers.ETag is null ? headers.LastModified?.ToString("r") : null;
        return new FileEntry(path, FileEntryKind.File, headers.ContentRange?.Length ?? headers.ContentLength, version, null);
    }

    private TransferException Refusal(HttpStatusCode status) => new(
        $"'{_name}' is answered with {(int)status} {status}.{(IsTransient(status) ? " It is tried again." : "")}", IsTransient(status));

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestedRangeNotSatisfiable || (int)status >= 500;
}
