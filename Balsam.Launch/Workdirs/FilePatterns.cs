using Microsoft.Extensions.FileSystemGlobbing;

namespace Balsam.Launch.Workdirs;

/// <summary>Patterns of files in a workdir, asked path by path: what looks at files looks name by name itself, and follows no link.</summary>
/// <remarks>What Balsam writes into a workdir is matched only by a pattern that names it: <c>*</c> is not meant to hit <c>job.out</c>.</remarks>
internal sealed class FilePatterns
{
    private const string Anywhere = "**";

    private const string Output = "job.out";
    private const string Log = "balsam.log";
    private const string OwnPrefix = ".balsam-";

    private readonly Pattern[] _patterns;

    public FilePatterns(IReadOnlyList<string> patterns)
    {
        _patterns = [.. patterns.Select(pattern => new Pattern(pattern))];
        Hits = new bool[_patterns.Length];
    }

    /// <summary>Which patterns have matched a file so far, in the order given.</summary>
    public bool[] Hits { get; }

    /// <summary>Whether Balsam writes to a path when the job runs: its output, that of earlier attempts, the log of hooks.</summary>
    public static bool IsWritten(string path) => path is Output or Log || path.StartsWith(Output + ".", StringComparison.Ordinal);

    /// <summary>Whether a file is meant.</summary>
    public bool MatchesFile(string path)
    {
        bool own = IsOwn(path);
        bool any = false;
        for (int i = 0; i < _patterns.Length; i++)
        {
            if ((!own || _patterns[i].NamesOwn) && _patterns[i].Files.Match("/", path).HasMatches)
            {
                any = Hits[i] = true;
            }
        }

        return any;
    }

    /// <summary>Whether a directory is meant, as such or with everything in it.</summary>
    public bool MatchesDirectory(string path) => _patterns.Any(pattern => pattern.Directories.Match("/", path).HasMatches);

    /// <summary>Whether files that are meant may lie in a directory or below it.</summary>
    public bool MayLieIn(string directory)
    {
        string[] names = directory.Split('/');
        return _patterns.Any(pattern => pattern.MayLieIn(names));
    }

    private static bool IsOwn(string path) => IsWritten(path) || path[(path.LastIndexOf('/') + 1)..].StartsWith(OwnPrefix, StringComparison.Ordinal);

    private sealed class Pattern
    {
        private readonly string[] _names;

        public Pattern(string text)
        {
            _names = text.Split('/');
            NamesOwn = _names[^1] == Log || _names[^1].StartsWith(Output, StringComparison.Ordinal) || _names[^1].StartsWith(OwnPrefix, StringComparison.Ordinal);
            Files = new Matcher(StringComparison.Ordinal).AddInclude(text);
            Directories = new Matcher(StringComparison.Ordinal).AddInclude(text);
            if (_names is [.. { Length: > 0 } above, Anywhere])
            {
                Directories.AddInclude(string.Join('/', above));
            }
        }

        public bool NamesOwn { get; }

        public Matcher Files { get; }

        public Matcher Directories { get; }

        public bool MayLieIn(string[] directory)
        {
            for (int i = 0; i < directory.Length; i++)
            {
                if (i >= _names.Length - 1 || _names[i] == Anywhere)
                {
                    return i < _names.Length && _names[i] == Anywhere;
                }

                if (_names[i] != directory[i] && !_names[i].Contains('*', StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
