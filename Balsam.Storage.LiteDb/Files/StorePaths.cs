namespace Balsam.Storage.LiteDb.Files;

/// <summary>The files of one store: the LiteDB file and what lies beside it.</summary>
/// <param name="Data">The LiteDB file itself; after a clean close it is the whole store.</param>
internal sealed record StorePaths(string Data)
{
    /// <summary>The log of commits that are not yet in the file, in our own format.</summary>
    public string Log => Data + "-wal";

    /// <summary>Small commits that are durable and not yet in LiteDB.</summary>
    public string Journal => Data + "-journal";

    /// <summary>The file whose lock keeps other openers out; stays when the store is closed, empty.</summary>
    public string Lock => Data + "-lock";

    /// <summary>Who holds the lock; readable while it is held.</summary>
    public string Owner => Data + "-owner";

    /// <summary>A new file until it is complete.</summary>
    public string Unfinished => Data + "-new";

    /// <summary>Where LiteDB itself would keep its log, had another program opened the file.</summary>
    public string NativeLog => Path.Combine(Parent, Path.GetFileNameWithoutExtension(Data) + "-log" + Path.GetExtension(Data));

    /// <summary>The directory that holds the files.</summary>
    public string Parent => Path.GetDirectoryName(Data) ?? Path.GetPathRoot(Data)!;

    /// <summary>The files of the store at a path; a symbolic link is followed, so that every name of a store leads to one lock.</summary>
    public static StorePaths Of(string path)
    {
        string full = Path.GetFullPath(path);
        FileSystemInfo? target = File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true) : null;
        return new StorePaths(target?.FullName ?? full);
    }
}
