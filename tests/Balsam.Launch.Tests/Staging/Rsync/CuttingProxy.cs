using System.Net;
using System.Net.Sockets;

namespace Balsam.Launch.Tests.Staging.Rsync;

/// <summary>A port of the loopback that leads to another, counts what goes through, and cuts the connection at a byte.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;
    private long _moved;

    /// <param name="port">Where it leads.</param>
    /// <param name="cutAt">After how many bytes, both ways together, everything is cut.</param>
    public CuttingProxy(int port, long cutAt = long.MaxValue)
    {
        _listener.Start();
        _running = RunAsync(port, cutAt);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public long Moved => Volatile.Read(ref _moved);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _running;
        _end.Dispose();
    }

    private async Task RunAsync(int port, long cutAt)
    {
        try
        {
            while (true)
            {
                using TcpClient near = await _listener.AcceptTcpClientAsync(_end.Token);
                using var far = new TcpClient();
                await far.ConnectAsync(IPAddress.Loopback, port, _end.Token);
                await Task.WhenAny(CopyAsync(near.GetStream(), far.GetStream(), cutAt), CopyAsync(far.GetStream(), near.GetStream(), cutAt));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, long cutAt)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, _end.Token)) > 0 && Interlocked.Add(ref _moved, count) < cutAt)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
        }
    }
}
