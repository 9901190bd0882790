using System.Globalization;
using System.Runtime.CompilerServices;
using Balsam.Launch.Staging;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace Balsam.Transfers.Sftp;

/// <summary>The files of a host behind SFTP, over one connection.</summary>
/// <remarks>
/// The library asks the server where a path leads before it does anything with it, so links at the far end are followed: one in the place of a file is read, written and replaced as what it leads to.
/// In a directory that is listed, a link to a file is that file; a link to a directory, or to nothing, is shown as a link.
/// </remarks>
internal sealed class SftpTree(SftpClient client, SftpErrors errors) : IFileTree
{
    public bool IsLocal => false;

    public async Task<FileEntry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync("look at", path, () => client.GetAttributesAsync(path, cancellationToken)).ConfigureAwait(false) is { } attributes ? Describe(path, attributes) : null;
        }
        catch (TransferException exception) when (exception.InnerException is SftpPathNotFoundException or SftpException { StatusCode: StatusCode.Failure })
        {
            // Servers call it a failure, without more, when a file stands where a directory should.
            return null;
        }
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
        SftpFileStream file = await AskAsync("read", path, () => client.OpenAsync(path, FileMode.Open, FileAccess.Read, cancellationToken)).ConfigureAwait(false);
        file.Position = from;
        return new SftpStream(file, errors, "read", path);
    }

    public async Task<Stream> OpenWriteAsync(string path, long from, bool isExecutable, CancellationToken cancellationToken)
    {
        SftpFileStream file = await AskAsync("write", path, () => client.OpenAsync(path, from == 0 ? FileMode.Create : FileMode.OpenOrCreate, FileAccess.Write, cancellationToken)).ConfigureAwait(false);
        var stream = new SftpStream(file, errors, "write", path);
        try
        {
            if (from > 0)
            {
                await AskAsync("write", path, () => Task.Run(() => CutAfter(file, path, from), cancellationToken)).ConfigureAwait(false);
            }

            if (isExecutable)
            {
                await AskAsync("make executable", path, () => MakeExecutableAsync(path, cancellationToken)).ConfigureAwait(false);
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Only the blocking call renames as POSIX does: in place of a file that has the name.
    public Task RenameAsync(string from, string to, CancellationToken cancellationToken) =>
        AskAsync("rename", from, () => Task.Run(() => client.RenameFile(from, to, isPosix: true), cancellationToken));

    public async Task MakeDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        Stack<string> missing = new();
        string directory = path;
        FileEntry? there;
        while ((there = await FindAsync(directory, cancellationToken).ConfigureAwait(false)) is null && Parent(directory) is { } parent)
        {
            missing.Push(directory);
            directory = parent;
        }

        if (there is { Kind: not FileEntryKind.Directory })
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
                if (await FindAsync(next, cancellationToken).ConfigureAwait(false) is not { Kind: FileEntryKind.Directory })
                {
                    throw;
                }
            }
        }
    }

    // A relative target would be taken from the user's home.
    public Task MakeLinkAsync(string path, string target, CancellationToken cancellationToken) =>
        AskAsync("make the link", path, () => Task.Run(() => client.SymbolicLink($"{Parent(path)}/{target}", path), cancellationToken));

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync("remove", path, () => client.DeleteFileAsync(path, cancellationToken)).ConfigureAwait(false);
        }
        catch (TransferException exception) when (exception.InnerException is SftpPathNotFoundException)
        {
        }
    }

    public async ValueTask DisposeAsync() => await SftpConnector.CloseAsync(client).ConfigureAwait(false);

    private static string? Parent(string path) => path.TrimEnd('/').LastIndexOf('/') is var slash and > 0 ? path[..slash] : null;

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
        await AskAsync("list", directory, async () =>
        {
            await foreach (ISftpFile file in client.ListDirectoryAsync(directory, cancellationToken).ConfigureAwait(false))
            {
                if (file.Name is not ("." or ".."))
                {
                    entries.Add(Describe($"{directory.TrimEnd('/')}/{file.Name}", file.Attributes));
                }
            }
        }).ConfigureAwait(false);
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind == FileEntryKind.Link && await FindAsync(entries[i].Path, cancellationToken).ConfigureAwait(false) is { Kind: FileEntryKind.File } file)
            {
                entries[i] = file;
            }
        }

        return entries;
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
