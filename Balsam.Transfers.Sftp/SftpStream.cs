using System.Net.Sockets;
using Balsam.Launch.Staging;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace Balsam.Transfers.Sftp;

/// <summary>An open file at a host. Its failures are told as those of transfers, and so is an end that comes before the last bytes are there.</summary>
internal sealed class SftpStream(SftpFileStream file, SftpErrors errors, string asked, string path) : Stream
{
    private bool _hasFailed;

    public override bool CanRead => file.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => file.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = 0;
        await AskAsync(async () => read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await AskAsync(() => file.WriteAsync(buffer, cancellationToken).AsTask()).ConfigureAwait(false);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => AskAsync(() => file.FlushAsync(cancellationToken));

    // The library closes a file of a lost connection as if all were well: what it still holds is sent before.
    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (CanWrite && !_hasFailed)
            {
                await AskAsync(async () =>
                {
                    await file.FlushAsync().ConfigureAwait(false);
                    await file.DisposeAsync().ConfigureAwait(false);
                }).ConfigureAwait(false);
            }
        }
        finally
        {
            await LeaveAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override void Flush() => throw Blocking();

    public override int Read(byte[] buffer, int offset, int count) => throw Blocking();

    public override void Write(byte[] buffer, int offset, int count) => throw Blocking();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static NotSupportedException Blocking() => new("A file at another host is read and written by the asynchronous calls only.");

    // Nothing is lost with it any more.
    private async Task LeaveAsync()
    {
        try
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SshException or IOException or SocketException or ObjectDisposedException)
        {
            _hasFailed = true;
        }
    }

    private async Task AskAsync(Func<Task> ask)
    {
        try
        {
            await ask().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _hasFailed = true;
            throw;
        }
        catch (Exception exception)
        {
            _hasFailed = true;
            throw errors.Asking(asked, path, exception);
        }
    }
}
