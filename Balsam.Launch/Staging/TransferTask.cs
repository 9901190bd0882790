namespace Balsam.Launch.Staging;

/// <summary>One item of a batch.</summary>
/// <param name="JobId">Whose it is.</param>
/// <param name="Item">The item.</param>
/// <param name="RemotePath">The path below that of the endpoint, beginning with <c>/</c>; or the whole URI where the job named one.</param>
/// <param name="Workdir">The job's workdir, which nothing leaves.</param>
public sealed record TransferTask(JobId JobId, TransferItem Item, string RemotePath, IFileTree Workdir);
