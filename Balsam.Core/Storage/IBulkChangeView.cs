namespace Balsam.Storage;

/// <summary>What the rule of a <see cref="JobBulkChange"/> can look up: the store as it is inside the transaction, with what the call has decided so far.</summary>
public interface IBulkChangeView
{
    /// <summary>Looks up another job.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The job; null when there is none.</returns>
    Job? Find(JobId id);

    /// <summary>Looks up who holds a job.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>The launcher; null when none does.</returns>
    LauncherSession? HolderOf(JobId id);
}
