namespace Balsam.Launch.Running;

/// <summary>Finds programs on a search path as a shell does, and remembers what it found.</summary>
/// <remarks>Only finds that do not depend on the working directory are kept. A program that has moved since is found anew after <see cref="Forget"/>.</remarks>
internal sealed class ProgramResolver
{
    private const string DefaultPath = "/bin:/usr/bin";
    private readonly Dictionary<(string Path, string Name), string> _found = [];

    /// <summary>Finds a program.</summary>
    /// <param name="fileName">A path when it contains <c>/</c>, else a name.</param>
    /// <param name="workdir">Where relative paths start.</param>
    /// <param name="path">The child's <c>PATH</c>; null when it has none.</param>
    /// <param name="failure">Why there is no such program.</param>
    /// <returns>The absolute path, or null. A path that was given is not looked at: starting it tells.</returns>
    public string? Resolve(string fileName, string workdir, string? path, out StartFailure? failure)
    {
        failure = null;
        if (fileName.Contains('/', StringComparison.Ordinal))
        {
            return Path.Combine(workdir, fileName);
        }

        path ??= DefaultPath;
        if (_found.TryGetValue((path, fileName), out string? known))
        {
            return known;
        }

        bool everywhere = true;
        string? unusable = null;
        foreach (string entry in path.Split(':'))
        {
            everywhere &= entry.StartsWith('/');
            string candidate = Path.Combine(workdir, entry, fileName);
            if (!File.Exists(candidate))
            {
                unusable ??= Directory.Exists(candidate) ? candidate : null;
            }
            else if (LibC.MayExecute(candidate))
            {
                if (everywhere)
                {
                    _found[(path, fileName)] = candidate;
                }

                return candidate;
            }
            else
            {
                unusable ??= candidate;
            }
        }

        failure = unusable is not null ? StartDiagnosis.NotExecutable(fileName, unusable) : StartDiagnosis.NotOnPath(fileName, workdir, path);
        return null;
    }

    /// <summary>Looks for a name anew the next time.</summary>
    public void Forget(string fileName, string? path) => _found.Remove((path ?? DefaultPath, fileName));
}
