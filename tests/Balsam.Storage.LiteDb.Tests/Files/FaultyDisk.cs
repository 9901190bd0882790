using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>A disk that takes so many writes and synchronisations and then refuses all, as a full one does; cutting a file still works.</summary>
internal sealed class FaultyDisk(int accepted)
{
    private const int NoSpaceLeft = 28;
    private int _left = accepted;

    public LiteDbFileOptions Options(long checkpointAt = long.MaxValue) =>
        new() { OpenDevice = path => new Device(FileDevice.Open(path), this), CheckpointAt = checkpointAt };

    private void Take()
    {
        if (_left-- <= 0)
        {
            throw new IOException("No space left on device", NoSpaceLeft);
        }
    }

    private sealed class Device(FileDevice file, FaultyDisk disk) : IFileDevice
    {
        private bool _written;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long position) => file.Read(buffer, position);

        public void Write(ReadOnlySpan<byte> buffer, long position)
        {
            _written = true;
            try
            {
                disk.Take();
            }
            catch (IOException)
            {
                // A full disk takes a part of it first.
                file.Write(buffer[..(buffer.Length / 3)], position);
                throw;
            }

            file.Write(buffer, position);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Sync()
        {
            if (_written)
            {
                disk.Take();
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
