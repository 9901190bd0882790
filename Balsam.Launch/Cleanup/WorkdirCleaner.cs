using Balsam.Launch.Lifecycle;
using Balsam.Launch.Staging;
using Balsam.Launch.Workdirs;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Cleanup;

/// <summary>Finds and removes the files of a workdir that patterns match. A link goes as a link; nothing outside the workdir is reached.</summary>
internal sealed class WorkdirCleaner(SiteDirectory site, SecretKeeper secrets, TimeProvider time)
{
    /// <summary>Says what would be removed.</summary>
    public JobCleanup List(CleanupCandidate candidate, CancellationToken cancellationToken)
    {
        List<CleanupFile> files = [];
        List<string> problems = [];
        using HeldDirectory? workdir = HeldDirectory.Open(site, candidate.Job.Workdir);
        foreach (WorkdirEntry entry in workdir is null ? [] : Walk(candidate.Patterns, problems.Add).Go(workdir, cancellationToken))
        {
            if (entry.Kind != FileEntryKind.Directory)
            {
                files.Add(new CleanupFile(entry.Path, SizeOf(entry)));
            }
        }

        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new JobCleanup(candidate.Job, files, candidate.WaitsFor, problems);
    }

    /// <summary>Removes them, for as long as it may.</summary>
    /// <param name="candidate">The job.</param>
    /// <param name="mayGoOn">Is asked before each file.</param>
    public CleanedWorkdir Clean(CleanupCandidate candidate, Func<bool> mayGoOn)
    {
        Job job = candidate.Job;
        using var log = new WorkdirLog(site, job.Workdir, $"#BALSAM Cleaning up Job {job.Id}", secrets, time);
        var cleaned = new CleanedWorkdir();
        using HeldDirectory? workdir = HeldDirectory.Open(site, job.Workdir);
        foreach (WorkdirEntry entry in workdir is null ? [] : Walk(candidate.Patterns, Tell).Go(workdir, CancellationToken.None))
        {
            if (!mayGoOn())
            {
                cleaned.IsCut = true;
                return cleaned;
            }

            if (entry.Kind == FileEntryKind.Directory)
            {
                _ = entry.Directory.TryRemoveDirectory(entry.Name);
            }
            else
            {
                Remove(entry);
            }
        }

        return cleaned;

        void Remove(WorkdirEntry entry)
        {
            try
            {
                entry.Directory.Remove(entry.Name);
                cleaned.Files++;
                cleaned.Bytes += SizeOf(entry);
            }
            catch (IOException exception)
            {
                Tell($"'{entry.Path}' cannot be removed: {exception.Message}.");
            }
        }

        void Tell(string problem)
        {
            cleaned.Problems++;
            cleaned.FirstProblem ??= problem;
            log.Write(LogLevel.Warning, problem);
        }
    }

    private static WorkdirWalk Walk(IReadOnlyList<string> patterns, Action<string> problem) => new(new FilePatterns(patterns), except: null, problem);

    private static long SizeOf(WorkdirEntry entry) => entry.Kind == FileEntryKind.File ? entry.Size : 0;
}
