namespace Balsam.Storage.LiteDb.Files;

/// <summary>A file on disk, held against every other opener, written without buffers of the runtime.</summary>
internal sealed class FileDevice : IFileDevice
{
    private readonly FileStream _file;

    private FileDevice(FileStream file) => _file = file;

    public long Length => RandomAccess.GetLength(_file.SafeFileHandle);

    /// <summary>Opens the file, or makes it.</summary>
    public static FileDevice Open(string path) =>
        new(new FileStream(path, PrivateFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));

    public int Read(Span<byte> buffer, long position)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int count = RandomAccess.Read(_file.SafeFileHandle, buffer[total..], position + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> buffer, long position) => RandomAccess.Write(_file.SafeFileHandle, buffer, position);

    public void SetLength(long length) => RandomAccess.SetLength(_file.SafeFileHandle, length);

    public void Sync() => RandomAccess.FlushToDisk(_file.SafeFileHandle);

    public void Dispose() => _file.Dispose();
}
