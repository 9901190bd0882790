using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Which parts of a filter an index of the file can answer. What it cannot, the engine asks of each job.</summary>
internal static class FilterTranslator
{
    /// <summary>The part of a filter that is looked up in an index: the one that is likely to let the fewest jobs through; null when there is none.</summary>
    public static JobFilter? FindIndexed(JobFilter filter) => JobFilters.Conjuncts(filter).Where(part => RankOf(part) > 0).MaxBy(RankOf);

    /// <summary>The collection, and the stretch of one of its indexes, that holds every job of an indexed part.</summary>
    public static (ILiteCollection<BsonDocument> Collection, BsonExpression Condition) Translate(LiteDatabase database, JobFilter part) => part is ChildOfFilter child
        ? (StoreCollections.Parents(database), BsonExpression.Create($"{StoreCollections.ParentIndex} ANY = @0", child.Parent.Value))
        : (StoreCollections.Jobs(database), ToCondition(part));

    /// <summary>The index in which the jobs of a part stand in order of number, with the one entry they have there; null when there is none.</summary>
    public static (string Index, string Entry)? FindOrdered(JobFilter part) => part switch
    {
        TagFilter { Value: { } value } tag => (StoreCollections.TagIndex, JobDocument.TagKey(tag.Key, value)),
        CleanupPendingFilter => (StoreCollections.MarkIndex, JobMarks.Cleanup),
        TransferFilter { Location: { } location } => (StoreCollections.MarkIndex, JobMarks.TransferAt(location)),
        TransferFilter => (StoreCollections.MarkIndex, JobMarks.Transfer),
        _ => null,
    };

    /// <summary>The jobs of an entry between two numbers, both included, in order of number.</summary>
    public static BsonExpression Between(string index, string entry, long first, long last) => Between(index, [entry, first], [entry, last]);

    private static BsonExpression ToCondition(JobFilter part) => FindOrdered(part) is (string index, string entry) ? Between(index, entry, 0, long.MaxValue) : part switch
    {
        TagFilter tag => Between(StoreCollections.TagIndex, [JobDocument.TagKey(tag.Key, "")], [tag.Key + (char)(JobDocument.TagSeparator + 1)]),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No index answers this."),
    };

    private static BsonExpression Between(string index, BsonArray low, BsonArray high) => BsonExpression.Create($"{index} ANY BETWEEN @0 AND @1", low, high);

    // Jobs with a transfer that moves or waits are in memory, and known by their states.
    private static int RankOf(JobFilter part) => part switch
    {
        TransferFilter { State: TransferState.Pending or TransferState.Active } => 0,
        KeyFilter { Keys: not null } => 5,
        ChildOfFilter => 4,
        TagFilter { Value: not null } or CleanupPendingFilter or TransferFilter { Location: not null } => 3,
        OrFilter any when any.Parts.All(each => FindIndexed(each) is not null) => 2,
        TagFilter or TransferFilter => 1,
        _ => 0,
    };
}
