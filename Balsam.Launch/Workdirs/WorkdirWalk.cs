using Balsam.Launch.Staging;

namespace Balsam.Launch.Workdirs;

/// <summary>Goes through a workdir and gives what patterns match, as it comes: a directory with very many files takes no more memory than one with few.</summary>
/// <param name="patterns">The patterns.</param>
/// <param name="except">A directory that is not looked into, by its path from the workdir; null for none.</param>
/// <param name="problem">Is told what could not be looked at.</param>
internal sealed class WorkdirWalk(FilePatterns patterns, string? except, Action<string> problem)
{
    // Each level holds a descriptor.
    private const int MostLevels = 64;

    /// <summary>The matches, each directory behind what is in it. A link is given as a link; nothing behind it is.</summary>
    public IEnumerable<WorkdirEntry> Go(HeldDirectory workdir, CancellationToken cancellationToken) => Go(workdir, "", 1, cancellationToken);

    private IEnumerable<WorkdirEntry> Go(HeldDirectory directory, string path, int level, CancellationToken cancellationToken)
    {
        using IEnumerator<HeldEntry> entries = directory.List().GetEnumerator();
        while (TryNext(entries, path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            HeldEntry entry = entries.Current;
            string at = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            if (entry.Kind != FileEntryKind.Directory)
            {
                if (patterns.MatchesFile(at))
                {
                    yield return new WorkdirEntry(directory, entry.Name, at, entry.Kind, entry.Size);
                }
            }
            else if (at != except && patterns.MayLieIn(at))
            {
                foreach (WorkdirEntry found in GoBelow(directory, entry.Name, at, level, cancellationToken))
                {
                    yield return found;
                }
            }
        }
    }

    private IEnumerable<WorkdirEntry> GoBelow(HeldDirectory directory, string name, string path, int level, CancellationToken cancellationToken)
    {
        if (level == MostLevels)
        {
            problem(FormattableString.Invariant($"'{path}' is not looked into: it lies more than {MostLevels} directories deep."));
            yield break;
        }

        using (HeldDirectory? below = directory.Enter(name))
        {
            foreach (WorkdirEntry found in below is null ? [] : Go(below, path, level + 1, cancellationToken))
            {
                yield return found;
            }
        }

        if (patterns.MatchesDirectory(path))
        {
            yield return new WorkdirEntry(directory, name, path, FileEntryKind.Directory, 0);
        }
    }

    private bool TryNext(IEnumerator<HeldEntry> entries, string path)
    {
        try
        {
            return entries.MoveNext();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem($"'{(path.Length == 0 ? "." : path)}' cannot be read: {exception.Message}.");
            return false;
        }
    }
}
