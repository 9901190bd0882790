using Balsam.Launch.Lifecycle;
using Balsam.Launch.Running;
using Balsam.Launch.Workdirs;
using Balsam.Storage;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Staging;

/// <summary>Puts links to files of a job's parents into the job's workdir.</summary>
/// <remarks>Called once the job's transfers in are done and before its first hook: a file that is there by then keeps its name. Called again after a crash, it leaves what is linked already.</remarks>
internal sealed class ParentInputs(IJobStore store, SiteDirectory site, SecretKeeper secrets, TimeProvider time)
{
    /// <summary>Links what the patterns match, parent by parent in the order of the job's edges.</summary>
    /// <param name="job">The job, before its first hook.</param>
    /// <param name="patterns">The patterns of its application.</param>
    /// <param name="cancellationToken">Ends the work; what is linked stays.</param>
    /// <returns>How many files are linked, those of earlier tries counted.</returns>
    /// <exception cref="TransferException">A link cannot be made, for now (a full disk) or for good.</exception>
    /// <exception cref="WorkdirException">The job's workdir cannot be made, or leads out of the data directory.</exception>
    public async Task<int> LinkAsync(Job job, IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        if (patterns.Count == 0 || job.Parents.IsEmpty)
        {
            return 0;
        }

        Dictionary<JobId, Job> found = (await store.FindAsync([.. job.Parents.Select(edge => edge.Parent)], cancellationToken).ConfigureAwait(false)).ToDictionary(parent => parent.Id);
        Job?[] parents = [.. job.Parents.Select(edge => found.GetValueOrDefault(edge.Parent))];
        return await Task.Run(() => Link(job, parents, patterns, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private int Link(Job job, Job?[] parents, IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        site.Create(job.Workdir);
        using var log = new WorkdirLog(site, job.Workdir, $"#BALSAM Linking inputs from parents for Job {job.Id}", secrets, time);
        using HeldDirectory own = HeldDirectory.Open(site, job.Workdir) ?? throw new WorkdirException($"The workdir '{job.Workdir}' was removed while inputs were linked into it. Restart the job.");
        var wanted = new FilePatterns(patterns);
        int linked = 0;
        for (int i = 0; i < parents.Length; i++)
        {
            JobId id = job.Parents[i].Parent;
            if (WhyNothing(parents[i], job, id) is { } reason)
            {
                log.Write(LogLevel.Warning, reason);
                continue;
            }

            using HeldDirectory? theirs = HeldDirectory.Open(site, parents[i]!.Workdir);
            if (theirs is null)
            {
                log.Write(LogLevel.Warning, $"Parent {id} gives nothing: its workdir '{parents[i]!.Workdir}' is not there.");
                continue;
            }

            linked += new InputLinker(site, job, parents[i]!, own, log).Link(theirs, wanted, cancellationToken);
        }

        for (int i = 0; i < patterns.Count; i++)
        {
            if (!wanted.Hits[i])
            {
                log.Write(LogLevel.Warning, $"The pattern '{patterns[i]}' matches no file of any parent ({string.Join(", ", job.Parents.Select(edge => edge.Parent))}).");
            }
        }

        return linked;
    }

    private static string? WhyNothing(Job? parent, Job job, JobId id) =>
        parent is null ? $"Parent {id} gives nothing: it was deleted."
        : !parent.State.IsFinal() ? $"Parent {id} gives nothing: it is {parent.State.ToText()} again."
        : parent.Site != job.Site ? $"Parent {id} gives nothing: its files are at site {parent.Site}."
        : parent.Workdir == job.Workdir ? $"Parent {id} gives nothing: it has the same workdir."
        : null;
}
