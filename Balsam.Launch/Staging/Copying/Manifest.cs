using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Balsam.Launch.Staging.Copying;

/// <summary>How far an item is, in a file of the workdir that only grows: one line of JSON for each step. A crash may cut its last line off.</summary>
internal sealed class Manifest : IAsyncDisposable
{
    // Nobody but a transfer writes the file; a program that does must not fill the launcher's memory with it.
    private const long LargestFile = 1L << 30;
    private const int LongestLine = 1 << 16;
    private const byte LineEnd = (byte)'\n';

    private readonly IFileTree _workdir;
    private readonly string _path;
    private readonly string _route;
    private readonly Dictionary<string, CopyRecord> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _length;
    private Stream? _file;

    private Manifest(IFileTree workdir, string path, string route)
    {
        _workdir = workdir;
        _path = path;
        _route = route;
    }

    /// <summary>Reads what an earlier try has left.</summary>
    /// <param name="task">The item.</param>
    /// <param name="route">From where to where. What was written about another route does not count.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<Manifest> OpenAsync(TransferTask task, string route, CancellationToken cancellationToken)
    {
        var manifest = new Manifest(task.Workdir, ReservedNames.Manifest(task.Item), route);
        if (await task.Workdir.FindAsync(manifest._path, cancellationToken).ConfigureAwait(false) is { Kind: FileEntryKind.File, Size: > 0 and < LargestFile and var size })
        {
            await manifest.ReadAsync(size, cancellationToken).ConfigureAwait(false);
        }

        return manifest;
    }

    public CopyRecord? Find(string path) => _known.GetValueOrDefault(path);

    public async Task AddAsync(CopyRecord record, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _file ??= await StartAsync(cancellationToken).ConfigureAwait(false);
            await WriteAsync(_file, new ManifestLine(null, record), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes it away: the item has arrived.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync().ConfigureAwait(false);
        await _workdir.DeleteAsync(_path, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is { } file)
        {
            _file = null;
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(Stream file, ManifestLine line, CancellationToken cancellationToken)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, ManifestJson.Default.ManifestLine), LineEnd];
        await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await file.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static ManifestLine? Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref reader, ManifestJson.Default.ManifestLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<Stream> StartAsync(CancellationToken cancellationToken)
    {
        Stream file = await _workdir.OpenWriteAsync(_path, _length, isExecutable: false, cancellationToken).ConfigureAwait(false);
        if (_length == 0)
        {
            await WriteAsync(file, new ManifestLine(_route, null), cancellationToken).ConfigureAwait(false);
        }

        return file;
    }

    // Keeps what is up to the last whole line, so that the next one does not begin behind half a line.
    private async Task ReadAsync(long size, CancellationToken cancellationToken)
    {
        Stream file = await _workdir.OpenReadAsync(_path, 0, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            PipeReader reader = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: LongestLine, leaveOpen: true));
            long read = 0;
            bool goesOn = true;
            while (goesOn && read < size)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = result.Buffer;
                while (goesOn && buffer.PositionOf(LineEnd) is { } end)
                {
                    ReadOnlySequence<byte> line = buffer.Slice(0, end);
                    goesOn = Take(Parse(line), isFirst: read == 0);
                    read += goesOn ? line.Length + 1 : 0;
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                goesOn = goesOn && !result.IsCompleted && buffer.Length < LongestLine;
                reader.AdvanceTo(buffer.Start, buffer.End);
            }

            _length = read;
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private bool Take(ManifestLine? line, bool isFirst)
    {
        if (isFirst)
        {
            return line?.Route == _route;
        }

        if (line?.File is { Path: not null, Hash: not null } record)
        {
            _known[record.Path] = record;
            return true;
        }

        return false;
    }
}
