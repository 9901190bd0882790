namespace Balsam.Testing.Conformance.Cases;

/// <summary>Compares jobs field by field.</summary>
internal static class Snapshots
{
    public static void ExpectEqual(JobSnapshot expected, JobSnapshot actual, string what)
    {
        foreach ((string field, Func<JobSnapshot, object?> read) in Fields)
        {
            Check.Equal(read(expected), read(actual), $"{what}: {field}");
        }

        Check.SameSet(expected.Tags.Select(tag => (tag.Key, tag.Value)), actual.Tags.Select(tag => (tag.Key, tag.Value)), $"{what}: Tags");
        Check.Sequence(expected.Transfers, actual.Transfers, $"{what}: Transfers");
        Check.Sequence(expected.Parents, actual.Parents, $"{what}: Parents");
    }

    private static readonly (string Name, Func<JobSnapshot, object?> Read)[] Fields =
    [
        (nameof(JobSnapshot.Id), job => job.Id), (nameof(JobSnapshot.Version), job => job.Version), (nameof(JobSnapshot.State), job => job.State),
        (nameof(JobSnapshot.Application), job => job.Application), (nameof(JobSnapshot.Site), job => job.Site), (nameof(JobSnapshot.Workdir), job => job.Workdir),
        (nameof(JobSnapshot.Key), job => job.Key), (nameof(JobSnapshot.Parameters), job => job.Parameters.Json), (nameof(JobSnapshot.Data), job => job.Data.Json), (nameof(JobSnapshot.Resources), job => job.Resources),
        (nameof(JobSnapshot.Priority), job => job.Priority), (nameof(JobSnapshot.Attempt), job => job.Attempt), (nameof(JobSnapshot.ReturnCode), job => job.ReturnCode),
        (nameof(JobSnapshot.Failure), job => job.Failure), (nameof(JobSnapshot.Result), job => job.Result), (nameof(JobSnapshot.IsPreprocessed), job => job.IsPreprocessed),
        (nameof(JobSnapshot.HasInputsFromParents), job => job.HasInputsFromParents), (nameof(JobSnapshot.IsCleanupPending), job => job.IsCleanupPending), (nameof(JobSnapshot.NotBefore), job => job.NotBefore), (nameof(JobSnapshot.CreatedAt), job => job.CreatedAt), (nameof(JobSnapshot.LastUpdate), job => job.LastUpdate),
    ];
}
