namespace Balsam;

/// <summary>The job's workdir is a directory or lies below it.</summary>
/// <param name="Directory">The directory, relative to the site's data directory, without a trailing <c>/</c>.</param>
public sealed record WorkdirFilter(string Directory) : JobFilter
{
    /// <inheritdoc/>
    public override bool Matches(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Workdir.StartsWith(Directory, StringComparison.Ordinal) && (job.Workdir.Length == Directory.Length || job.Workdir[Directory.Length] == '/');
    }
}
