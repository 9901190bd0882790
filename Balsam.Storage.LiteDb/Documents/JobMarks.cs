namespace Balsam.Storage.LiteDb.Documents;

/// <summary>What a job is found by beside its tags: that it has transfers, at which locations, and that it is to be cleaned up. Most jobs have no mark.</summary>
internal static class JobMarks
{
    public const string Field = "marks";

    public const string Cleanup = "clean";

    public const string Transfer = "move";

    public static string TransferAt(string location) => Transfer + JobDocument.TagSeparator + location;

    public static IEnumerable<string> Of(JobSnapshot fields)
    {
        IEnumerable<string> locations = fields.Transfers.Select(item => item.Remote.Location).OfType<string>().Distinct().Select(TransferAt);
        return [.. fields.IsCleanupPending ? [Cleanup] : Array.Empty<string>(), .. fields.Transfers.IsEmpty ? [] : locations.Prepend(Transfer)];
    }
}
