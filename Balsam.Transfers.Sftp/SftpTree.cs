using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Balsam.Launch.Staging;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace Balsam.Transfers.Sftp;

/// <summary>The files of a host behind SFTP below a directory there, over one connection.</summary>
/// <remarks>
/// The library asks the server where a path leads before it does anything with it. So links on the way to a file are followed at the far end; whether the file itself is one is seen by where it leads,
/// and a link that leads to nothing is taken for nothing.
/// </remarks>
internal sealed class SftpTree(SftpClient client, SftpErrors errors, string root) : IFileTree
{
    private readonly ConcurrentDictionary<string, string> _realDirectories = new(StringComparer.Ordinal);

    public bool IsLocal => false;

    /// <summary>Sees that the directory is there.</summary>
    /// <exception cref="TransferException">It is not.</exception>
    public async Task CheckRootAsync(CancellationToken cancellationToken)
    {
        if (await GetAsync(root, cancellationToken).ConfigureAwait(false) is not { IsDirectory: true })
        {
            throw errors.Passing($"has no directory '{root}', where the location should be. Mount it, or make it; it is tried again.");
        }
    }

    public async Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        string full = Full(path);
        if (await GetAsync(full, cancellationToken).ConfigureAwait(false) is not { } file)
        {
            return null;
        }

        string real = full != root && Parent(full) is { } parent ? Join(await GetRealAsync(parent, cancellationToken).ConfigureAwait(false), Name(full)) : file.FullName;
        return file.FullName == real ? Describe(path, file.Attributes) : DescribeLink(path, Parent(real)!, file.FullName);
    }

    public async IAsyncEnumerable<FileEntry> ListAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stack<FileEntry> open = new();
        await PushAsync(path).ConfigureAwait(false);
        while (open.TryPop(out FileEntry? entry))
        {
            yield return entry;
            if (entry.Kind == FileEntryKind.Directory)
            {
                await PushAsync(entry.Path).ConfigureAwait(false);
            }
        }

        async Task PushAsync(string directory)
        {
            foreach (FileEntry entry in (await ReadAsync(directory, cancellationToken).ConfigureAwait(false)).OrderByDescending(entry => entry.Path, StringComparer.Ordinal))
            {
                open.Push(entry);
            }
        }
    }

    public async Task<Stream> OpenReadAsync(string path, long from, CancellationToken cancellationToken)
    {
        string full = Full(path);
        SftpFileStream file = await AskAsync("read", full, () => client.OpenAsync(full, FileMode.Open, FileAccess.Read, cancellationToken)).ConfigureAwait(false);
        file.Position = from;
        return new SftpStream(file, errors, "read", full);
    }

    public async Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken)
    {
        string full = Full(path);
        SftpFileStream file = await AskAsync("write", full, () => client.OpenAsync(full, from == 0 ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.Write, cancellationToken)).ConfigureAwait(false);
        var stream = new SftpStream(file, errors, "write", full);
        try
        {
            if (from > 0)
            {
                await AskAsync("write", full, () => Task.Run(() => CutAfter(file, full, from), cancellationToken)).ConfigureAwait(false);
            }

            if (isExecutable)
            {
                await AskAsync("make executable", full, () => MakeExecutableAsync(full, cancellationToken)).ConfigureAwait(false);
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        await DeleteLinkAsync(to, cancellationToken).ConfigureAwait(false);

        // Only the blocking call renames as POSIX does: in place of a file that has the name.
        await AskAsync("rename", Full(from), () => Task.Run(() => client.RenameFile(Full(from), Full(to), isPosix: true), cancellationToken)).ConfigureAwait(false);
    }

    public async Task MakeDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        Stack<string> missing = new();
        string directory = Full(path);
        ISftpFile? there;
        while ((there = await GetAsync(directory, cancellationToken).ConfigureAwait(false)) is null && Parent(directory) is { } parent)
        {
            missing.Push(directory);
            directory = parent;
        }

        if (there is { IsDirectory: false })
        {
            throw errors.Lasting($"has '{directory}', which is no directory. Move it away, or correct the path of the job.");
        }

        while (missing.TryPop(out string? next))
        {
            try
            {
                await AskAsync("make the directory", next, () => client.CreateDirectoryAsync(next, cancellationToken)).ConfigureAwait(false);
            }
            catch (TransferException exception) when (exception.InnerException is SftpException { StatusCode: StatusCode.Failure })
            {
                // Another transfer may have made it at this moment.
                if (await GetAsync(next, cancellationToken).ConfigureAwait(false) is not { IsDirectory: true })
                {
                    throw;
                }
            }
        }
    }

    // A relative target would be taken from the user's home.
    public Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken) =>
        AskAsync("make the link", Full(path), () => Task.Run(() => client.SymbolicLink(Join(Parent(Full(path))!, target), Full(path)), cancellationToken));

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        if (await DeleteLinkAsync(path, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await AskAsync("remove", Full(path), () => client.DeleteFileAsync(Full(path), cancellationToken)).ConfigureAwait(false);
        }
        catch (TransferException exception) when (exception.InnerException is SftpPathNotFoundException)
        {
        }
    }

    public async ValueTask DisposeAsync() => await SftpConnector.CloseAsync(client).ConfigureAwait(false);

    private static string? Parent(string path) => path.TrimEnd('/').LastIndexOf('/') switch
    {
        > 0 and var slash => path[..slash],
        0 => "/",
        _ => null,
    };

    private static string Name(string path) => path.TrimEnd('/') is var trimmed ? trimmed[(trimmed.LastIndexOf('/') + 1)..] : "";

    private static string Join(string directory, string name) => $"{directory.TrimEnd('/')}/{name}";

    private string Full(string path) => path.Trim('/') is { Length: > 0 } below and not "." ? Join(root, below) : root;

    private static FileEntry DescribeLink(string path, string directory, string? target) => new(path, FileEntryKind.Link, null, null, null)
    {
        LinkTarget = target is null ? null : Path.GetRelativePath(directory, target).Replace(Path.DirectorySeparatorChar, '/'),
    };

    private static FileEntry Describe(string path, SftpFileAttributes attributes) => new(
        path,
        attributes switch
        {
            { IsSymbolicLink: true } => FileEntryKind.Link,
            { IsDirectory: true } => FileEntryKind.Directory,
            { IsRegularFile: true } => FileEntryKind.File,
            _ => FileEntryKind.Other,
        },
        attributes.IsRegularFile ? attributes.Size : null,
        new DateTimeOffset(attributes.LastWriteTimeUtc).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        ModeOf(attributes));

    private static UnixFileMode ModeOf(SftpFileAttributes attributes) =>
        (attributes.OwnerCanRead ? UnixFileMode.UserRead : 0) | (attributes.OwnerCanWrite ? UnixFileMode.UserWrite : 0) | (attributes.OwnerCanExecute ? UnixFileMode.UserExecute : 0)
        | (attributes.GroupCanRead ? UnixFileMode.GroupRead : 0) | (attributes.GroupCanWrite ? UnixFileMode.GroupWrite : 0) | (attributes.GroupCanExecute ? UnixFileMode.GroupExecute : 0)
        | (attributes.OthersCanRead ? UnixFileMode.OtherRead : 0) | (attributes.OthersCanWrite ? UnixFileMode.OtherWrite : 0) | (attributes.OthersCanExecute ? UnixFileMode.OtherExecute : 0);

    private void CutAfter(SftpFileStream file, string path, long length)
    {
        long there = file.Length;
        if (there < length)
        {
            throw errors.Passing(FormattableString.Invariant($"has only {there} bytes of '{path}', and {length} were there before. Somebody else writes it; it is sent again."));
        }

        if (there > length)
        {
            file.SetLength(length);
        }

        file.Position = length;
    }

    private async Task MakeExecutableAsync(string path, CancellationToken cancellationToken)
    {
        SftpFileAttributes attributes = await client.GetAttributesAsync(path, cancellationToken).ConfigureAwait(false);
        (attributes.OwnerCanExecute, attributes.GroupCanExecute, attributes.OthersCanExecute) = (attributes.OwnerCanRead, attributes.GroupCanRead, attributes.OthersCanRead);
        await Task.Run(() => client.SetAttributes(path, attributes), cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<FileEntry>> ReadAsync(string directory, CancellationToken cancellationToken)
    {
        List<FileEntry> entries = [];
        foreach (ISftpFile file in await ListFilesAsync(Full(directory), cancellationToken).ConfigureAwait(false))
        {
            string path = directory is "" or "." ? file.Name : Join(directory, file.Name);
            entries.Add(file.IsSymbolicLink
                ? DescribeLink(path, Parent(file.FullName)!, (await GetAsync(Full(path), cancellationToken).ConfigureAwait(false))?.FullName)
                : Describe(path, file.Attributes));
        }

        return entries;
    }

    private async Task<IReadOnlyList<ISftpFile>> ListFilesAsync(string directory, CancellationToken cancellationToken)
    {
        List<ISftpFile> files = [];
        await AskAsync("list", directory, async () =>
        {
            await foreach (ISftpFile file in client.ListDirectoryAsync(directory, cancellationToken).ConfigureAwait(false))
            {
                if (file.Name is not ("." or ".."))
                {
                    files.Add(file);
                }
            }
        }).ConfigureAwait(false);
        return files;
    }

    /// <summary>What a path leads to, by its real name; null for nothing.</summary>
    private async Task<ISftpFile?> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync("look at", path, () => client.GetAsync(path, cancellationToken)).ConfigureAwait(false);
        }
        catch (TransferException exception) when (exception.InnerException is SftpPathNotFoundException or SftpException { StatusCode: StatusCode.Failure })
        {
            // Servers call it a failure, without more, when a file stands where a directory should.
            return null;
        }
    }

    private async Task<string> GetRealAsync(string directory, CancellationToken cancellationToken) => _realDirectories.TryGetValue(directory, out string? real) ? real
        : await GetAsync(directory, cancellationToken).ConfigureAwait(false) is { } found ? _realDirectories.GetOrAdd(directory, found.FullName)
        : directory;

    // Asked for by its path, what it leads to would be deleted; what a list of the directory holds is the link.
    private async Task<bool> DeleteLinkAsync(string path, CancellationToken cancellationToken)
    {
        if (await FindAsync(path, cancellationToken).ConfigureAwait(false) is not { Kind: FileEntryKind.Link })
        {
            return false;
        }

        IReadOnlyList<ISftpFile> files = await ListFilesAsync(Parent(Full(path))!, cancellationToken).ConfigureAwait(false);
        if (files.FirstOrDefault(file => file.Name == Name(path)) is { } link)
        {
            await AskAsync("remove", Full(path), () => link.DeleteAsync(cancellationToken)).ConfigureAwait(false);
        }

        return true;
    }

    private Task<bool> AskAsync(string asked, string path, Func<Task> ask) => AskAsync(asked, path, async () =>
    {
        await ask().ConfigureAwait(false);
        return true;
    });

    private async Task<T> AskAsync<T>(string asked, string path, Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (TransferException or OperationCanceledException))
        {
            throw errors.Asking(asked, path, exception);
        }
    }
}
