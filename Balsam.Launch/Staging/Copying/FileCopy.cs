using System.Buffers;
using System.IO.Hashing;
using Balsam.Launch.Staging.Trees;
using Microsoft.Win32.SafeHandles;

namespace Balsam.Launch.Staging.Copying;

/// <summary>Copies the files of one item: each under a temporary name, from where an earlier try was cut off, and renamed once it is whole and right.</summary>
internal sealed class FileCopy(IFileTree source, IFileTree destination, TransferTask task, Manifest manifest, LocalTransferMode mode, bool syncsEach)
{
    private const int BufferSize = 1 << 20;

    /// <summary>How many bytes are copied between two notes in the manifest; a killed process copies so many again at most.</summary>
    private const long Checkpoint = 16 << 20;

    private readonly ILocalFiles? _here = source as ILocalFiles;
    private readonly ILocalFiles? _there = destination as ILocalFiles;

    // Whether to ask the file systems for shared blocks: until they have refused once.
    private volatile bool _mayClone = true;

    /// <summary>Copies a file, unless it has arrived.</summary>
    /// <param name="entry">The file at the source.</param>
    /// <param name="name">Its path below the item; empty when the item is a file.</param>
    /// <param name="to">Its path at the destination, whose directory is there.</param>
    /// <param name="cancellationToken">Ends the copy; what has arrived is found by the next try.</param>
    /// <returns>Its size in bytes.</returns>
    public async Task<long> RunAsync(FileEntry entry, string name, string to, CancellationToken cancellationToken)
    {
        string part = TreePath.Join(TreePath.Directory(to), ReservedNames.Part(task, TreePath.Name(to)));
        CopyRecord? known = manifest.Find(name) is { } record && record.IsOf(entry) ? record : null;
        FileEntry? there = known is not null || destination.IsLocal ? await destination.FindAsync(to, cancellationToken).ConfigureAwait(false) : null;
        if (there?.Kind is FileEntryKind.Link && destination.IsLocal)
        {
            throw DiskFailure.Link(to);
        }

        if (known is { IsWhole: true })
        {
            if (await HasArrivedAsync(there, to, known, cancellationToken).ConfigureAwait(false))
            {
                return known.Length;
            }

            FileEntry? waiting = await destination.FindAsync(part, cancellationToken).ConfigureAwait(false);
            if (await HasArrivedAsync(waiting, part, known, cancellationToken).ConfigureAwait(false))
            {
                await NameAsync(part, to, cancellationToken).ConfigureAwait(false);
                return known.Length;
            }
        }

        XxHash128? start = known is { IsWhole: false } ? await StartedAsync(entry.Path, part, known, cancellationToken).ConfigureAwait(false) : null;
        if (start is null && await TryShareAsync(entry, there, part, to, cancellationToken).ConfigureAwait(false))
        {
            return entry.Size ?? 0;
        }

        try
        {
            return await CopyAsync(entry, name, part, to, start is null ? 0 : known!.Length, start ?? new XxHash128(), cancellationToken).ConfigureAwait(false);
        }
        catch (TransferException failure) when (!failure.IsTransient)
        {
            await destination.DeleteAsync(part, cancellationToken).ConfigureAwait(false);
            if (await source.FindAsync(entry.Path, cancellationToken).ConfigureAwait(false) is null)
            {
                throw new TransferException($"'{TreePath.Shown(entry.Path)}' has gone since it was looked at. It is tried again.", isTransient: true, failure);
            }

            throw;
        }
    }

    private async Task<long> CopyAsync(FileEntry entry, string name, string part, string to, long from, XxHash128 hash, CancellationToken cancellationToken)
    {
        long length = await PumpAsync(entry, name, part, from, hash, cancellationToken).ConfigureAwait(false);
        if (await source.FindAsync(entry.Path, cancellationToken).ConfigureAwait(false) is not { } now || now.Version != entry.Version || now.Size != entry.Size || (now.Size ?? length) != length)
        {
            await destination.DeleteAsync(part, cancellationToken).ConfigureAwait(false);
            throw new TransferException($"'{TreePath.Shown(entry.Path)}' has changed, or has gone, while it was copied. It is tried again; let nothing write it meanwhile.", isTransient: true);
        }

        FileEntry? arrived = await destination.FindAsync(part, cancellationToken).ConfigureAwait(false);
        if (arrived is null || (arrived.Size ?? length) != length)
        {
            throw new TransferException($"'{TreePath.Shown(entry.Path)}' has {length} bytes, of which {arrived?.Size ?? 0} have arrived for '{to}'. It is tried again.", isTransient: true);
        }

        await manifest.AddAsync(new CopyRecord(name, entry.Size, entry.Version, length, Checksum.Text(hash), IsWhole: true, arrived.Version), cancellationToken).ConfigureAwait(false);
        await NameAsync(part, to, cancellationToken).ConfigureAwait(false);
        return length;
    }

    private async Task<long> PumpAsync(FileEntry entry, string name, string part, long from, XxHash128 hash, CancellationToken cancellationToken)
    {
        long position = from;
        long noted = from;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp((entry.Size ?? BufferSize) - from + 1, 1, BufferSize));
        try
        {
            Stream input = await source.OpenReadAsync(entry.Path, from, cancellationToken).ConfigureAwait(false);
            await using (input.ConfigureAwait(false))
            {
                Stream output = await destination.OpenWriteAsync(part, from, IsExecutable(entry), cancellationToken).ConfigureAwait(false);
                await using (output.ConfigureAwait(false))
                {
                    try
                    {
                        int count;
                        while ((count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                        {
                            await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                            hash.Append(buffer.AsSpan(0, count));
                            position += count;
                            if (position - noted >= Checkpoint)
                            {
                                await NoteAsync(cancellationToken).ConfigureAwait(false);
                            }
                        }
                    }
                    catch (Exception) when (destination.IsLocal && position > noted)
                    {
                        await NoteAsync(CancellationToken.None).ConfigureAwait(false);
                        throw;
                    }

                    async Task NoteAsync(CancellationToken token)
                    {
                        await output.FlushAsync(token).ConfigureAwait(false);
                        await manifest.AddAsync(new CopyRecord(name, entry.Size, entry.Version, position, Checksum.Text(hash), IsWhole: false, null), token).ConfigureAwait(false);
                        noted = position;
                    }
                }
            }
        }
        catch (IOException exception)
        {
            throw new TransferException($"'{TreePath.Shown(entry.Path)}' cannot be copied beyond its byte {position}: {exception.Message} It is tried again.", isTransient: true, exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return position;
    }

    // Lets the file systems do it, where both ends are on this machine: by a further name or by shared blocks. Nothing needs to be noted: to do it again costs nothing.
    private async Task<bool> TryShareAsync(FileEntry entry, FileEntry? there, string part, string to, CancellationToken cancellationToken)
    {
        if (_here is null || _there is null || (mode != LocalTransferMode.HardLink && !_mayClone))
        {
            return false;
        }

        if (mode == LocalTransferMode.HardLink && there is not null && there.Version == entry.Version)
        {
            return true;
        }

        using SafeFileHandle file = _here.OpenHandle(entry.Path);
        bool isLinked = mode == LocalTransferMode.HardLink && _there.TryLink(file, part);
        if (!isLinked)
        {
            _mayClone = _mayClone && _there.TryClone(file, part, IsExecutable(entry));
            if (!_mayClone)
            {
                return false;
            }
        }

        await NameAsync(part, to, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> HasArrivedAsync(FileEntry? found, string path, CopyRecord known, CancellationToken cancellationToken) =>
        found is { Kind: FileEntryKind.File } && found.Size == known.Length
            && (destination.IsLocal
                ? await Checksum.OfAsync(destination, path, known.Length, cancellationToken).ConfigureAwait(false) is { } hash && Checksum.Text(hash) == known.Hash
                : known.Arrived is not null && known.Arrived == found.Version);

    // The checksum of what is there already, read at the end that is on this machine; null when it is not what was written.
    private async Task<XxHash128?> StartedAsync(string from, string part, CopyRecord known, CancellationToken cancellationToken)
    {
        if (await destination.FindAsync(part, cancellationToken).ConfigureAwait(false) is not { Kind: FileEntryKind.File } found || found.Size < known.Length)
        {
            return null;
        }

        XxHash128? hash = destination.IsLocal ? await Checksum.OfAsync(destination, part, known.Length, cancellationToken).ConfigureAwait(false)
            : source.IsLocal ? await Checksum.OfAsync(source, from, known.Length, cancellationToken).ConfigureAwait(false)
            : null;
        return hash is not null && Checksum.Text(hash) == known.Hash ? hash : null;
    }

    private async Task NameAsync(string part, string to, CancellationToken cancellationToken)
    {
        if (syncsEach)
        {
            _there?.Sync(part);
        }

        await destination.RenameAsync(part, to, cancellationToken).ConfigureAwait(false);
        if (syncsEach)
        {
            _there?.Sync(TreePath.Directory(to));
        }
    }

    private static bool IsExecutable(FileEntry entry) => entry.Mode is { } permissions && permissions.HasFlag(UnixFileMode.UserExecute);
}
