using Balsam.Launch.Lifecycle;
using Balsam.Storage;

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
    public Task<int> LinkAsync(Job job, IReadOnlyList<string> patterns, CancellationToken cancellationToken) => throw new NotSupportedException();
}
