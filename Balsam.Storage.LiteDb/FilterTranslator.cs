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

    /// <summary>The jobs of a tag between two numbers, both included, in order of number.</summary>
    public static BsonExpression TagBetween(string tag, long first, long last) => Between([tag, first], [tag, last]);

    private static BsonExpression ToCondition(JobFilter part) => part switch
    {
        TagFilter { Value: { } value } tag => TagBetween(JobDocument.TagKey(tag.Key, value), 0, long.MaxValue),
        TagFilter tag => Between([JobDocument.TagKey(tag.Key, "")], [tag.Key + (char)(JobDocument.TagSeparator + 1)]),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No index answers this."),
    };

    private static BsonExpression Between(BsonArray low, BsonArray high) => BsonExpression.Create($"{StoreCollections.TagIndex} ANY BETWEEN @0 AND @1", low, high);

    private static int RankOf(JobFilter part) => part switch
    {
        KeyFilter { Keys: not null } => 5,
        ChildOfFilter => 4,
        TagFilter { Value: not null } => 3,
        OrFilter any when any.Parts.All(each => FindIndexed(each) is not null) => 2,
        TagFilter => 1,
        _ => 0,
    };
}
