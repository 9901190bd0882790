using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>
/// A machine that loses power: of what was written since the last synchronisation of a file, each block of 4,096 bytes is on the disk or not,
/// as it happens.
/// </summary>
internal sealed class PowerLossDisk(Random random)
{
    private const int Block = 4096;
    private readonly List<Device> _devices = [];
    private int _left = int.MaxValue;

    public LiteDbFileOptions Options(long checkpointAt) => new() { OpenDevice = Open, CheckpointAt = checkpointAt };

    /// <summary>The power goes at this many operations from now.</summary>
    public void FailAfter(int operations) => _left = operations;

    /// <summary>Writes what the disks hold after the power came back. Call when the store is disposed.</summary>
    public void Restart()
    {
        foreach (Device device in _devices)
        {
            device.WriteSurvivors();
        }

        _devices.Clear();
        _left = int.MaxValue;
    }

    private Device Open(string path)
    {
        if (_left < 0)
        {
            throw new IOException("The power is gone.");
        }

        var device = new Device(path, this);
        _devices.Add(device);
        return device;
    }

    private void Take()
    {
        if (_left-- <= 0)
        {
            throw new IOException("The power is gone.");
        }
    }

    private sealed class Device : IFileDevice
    {
        private readonly string _path;
        private readonly PowerLossDisk _disk;
        private readonly MemoryStream _now = new();
        private readonly HashSet<long> _unsynced = [];
        private byte[] _synced;

        public Device(string path, PowerLossDisk disk)
        {
            _path = path;
            _disk = disk;
            _synced = File.Exists(path) ? File.ReadAllBytes(path) : [];
            _now.Write(_synced);
        }

        public long Length => _now.Length;

        public int Read(Span<byte> buffer, long position)
        {
            _now.Position = position;
            return _now.Read(buffer);
        }

        public void Write(ReadOnlySpan<byte> buffer, long position)
        {
            _disk.Take();
            _now.Position = position;
            _now.Write(buffer);
            for (long block = position / Block; block <= (position + buffer.Length - 1) / Block; block++)
            {
                _unsynced.Add(block);
            }
        }

        public void SetLength(long length)
        {
            _disk.Take();
            _now.SetLength(length);
        }

        public void Sync()
        {
            _disk.Take();
            _synced = _now.ToArray();
            _unsynced.Clear();
        }

        public void Dispose()
        {
            // The store is closed without the power; the files are written by WriteSurvivors.
        }

        public void WriteSurvivors()
        {
            // The length may have been recorded or not; blocks that were not written read as zeros.
            long length = _disk.Random.Next(2) == 0 ? _now.Length : _synced.Length;
            byte[] result = new byte[length];
            _synced.AsSpan(0, (int)Math.Min(length, _synced.Length)).CopyTo(result);
            byte[] now = _now.ToArray();
            foreach (long block in _unsynced)
            {
                int from = (int)(block * Block);
                int count = (int)Math.Min(Block, Math.Min(length, now.Length) - from);
                if (count > 0 && _disk.Random.Next(2) == 0)
                {
                    now.AsSpan(from, count).CopyTo(result.AsSpan(from));
                }
            }

            File.WriteAllBytes(_path, result);
        }
    }

    private Random Random { get; } = random;
}
