namespace Balsam.Launch.Running;

/// <summary>Watches processes for their end by descriptors, of which only the latest lie in the descriptor table. Belongs to one thread.</summary>
/// <remarks>
/// posix_spawn copies the table and closes the copy again: about 150 µs for each 1,000 descriptors that are open. When they have become many, they
/// are sent into a socket that nobody reads: there they live on, and epoll goes on watching them, at the price of the socket's own descriptor. When
/// all of a parcel have ended, its socket is closed, and they with it. (A thread with a table of its own is no place for them: the runtime needs
/// descriptors of the common table on any thread that runs managed code.) An account without privileges may have no more descriptors on their way through
/// sockets than one process may open. Then they stay in the table, but never take more than a quarter of it: the host needs the rest, and so does each start.
/// </remarks>
internal sealed class ExitWatches(Epoll epoll) : IDisposable
{
    private const int ParcelSize = 128;
    private const int ShareOfTable = 4;

    private readonly long _most = Math.Max(ParcelSize, LibC.MostDescriptors() / ShareOfTable);
    private readonly Dictionary<ulong, int> _here = [];
    private readonly Dictionary<ulong, Parcel> _sent = [];
    private ulong _lastNumber;

    /// <summary>Starts to watch a process.</summary>
    /// <returns>The number of the event that tells of its end, never used twice; 0 when the system refuses, or there are too many.</returns>
    public ulong TryAdd(int pid)
    {
        if (_here.Count >= _most)
        {
            return 0;
        }

        int pidFd = LibC.OpenPidFd(pid);
        if (pidFd < 0)
        {
            return 0;
        }

        ulong number = _lastNumber + 1;
        if (!epoll.TryWatch(pidFd, number, once: true))
        {
            _ = LibC.Close(pidFd);
            return 0;
        }

        _lastNumber = number;
        _here.Add(number, pidFd);

        // Where sending fails they stay, and it is tried again when as many more have come.
        if (_here.Count % ParcelSize == 0)
        {
            Send();
        }

        return number;
    }

    /// <summary>Ends a watch, as a rule after its event.</summary>
    public void Remove(ulong number)
    {
        if (_here.Remove(number, out int pidFd))
        {
            epoll.Forget(pidFd);
            _ = LibC.Close(pidFd);
        }
        else if (_sent.Remove(number, out Parcel? parcel) && --parcel.Live == 0)
        {
            _ = LibC.Close(parcel.Socket);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (int descriptor in _here.Values.Concat(_sent.Values.Select(parcel => parcel.Socket).Distinct()))
        {
            _ = LibC.Close(descriptor);
        }

        _here.Clear();
        _sent.Clear();
    }

    private void Send()
    {
        int socket = LibC.SendAway([.. _here.Values]);
        if (socket < 0)
        {
            return;
        }

        var parcel = new Parcel(socket) { Live = _here.Count };
        foreach ((ulong number, int pidFd) in _here)
        {
            _sent.Add(number, parcel);
            _ = LibC.Close(pidFd);
        }

        _here.Clear();
    }

    private sealed class Parcel(int socket)
    {
        public int Socket => socket;

        public int Live { get; set; }
    }
}
