namespace Balsam.Storage.LiteDb.Files;

/// <summary>A file on disk, held against every other opener, written without buffers of the runtime.</summary>
internal sealed class FileDevice : IFileDevice
{
    private const int Attempts = 20;
    private const int TooLarge = 27;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly FileStream _file;
    private readonly string? _handle;
    private readonly string? _place;

    private FileDevice(FileStream file)
    {
        _file = file;
        if (OperatingSystem.IsLinux())
        {
            // The kernel keeps the name of an open file up to date, and says when it has none any more.
            _handle = FormattableString.Invariant($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}");
            _place = new FileInfo(_handle).LinkTarget;
        }
    }

    public long Length => RandomAccess.GetLength(_file.SafeFileHandle);

    /// <inheritdoc/>
    public bool IsInPlace => _place is null || new FileInfo(_handle!).LinkTarget == _place;

    /// <summary>
    /// Opens the file, or makes it. The caller holds the store's lock; an opener that is being refused may look at the file for a moment,
    /// so a file in use is tried again before it is given up.
    /// </summary>
    public static FileDevice Open(string path)
    {
        using var pause = new ManualResetEventSlim();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileDevice(new FileStream(path, PrivateFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
            }
            catch (IOException ex) when (StoreLock.IsSharingViolation(ex) && attempt < Attempts)
            {
                pause.Wait(Pause);
            }
        }
    }

    /// <summary>Opens a file for reading only; nobody can write to it meanwhile.</summary>
    /// <exception cref="IOException">There is none, or somebody has it open for writing.</exception>
    public static FileDevice OpenToRead(string path) => new(new FileStream(path, PrivateFile.Options(FileMode.Open, FileAccess.Read, FileShare.Read)));

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

    public void Write(ReadOnlySpan<byte> buffer, long position)
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, buffer, position);
        }
        catch (ArgumentOutOfRangeException ex)
        {
            // So the runtime calls it where a limit of the process or of the file system is met.
            throw new IOException("The file would be larger than the limit for files allows.", ex) { HResult = TooLarge };
        }
    }

    public void SetLength(long length) => RandomAccess.SetLength(_file.SafeFileHandle, length);

    public void Sync() => RandomAccess.FlushToDisk(_file.SafeFileHandle);

    public void Dispose() => _file.Dispose();
}
