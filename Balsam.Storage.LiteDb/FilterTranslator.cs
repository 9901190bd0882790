using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Which parts of a filter an index of the file can answer. What it cannot, the engine asks of each job.</summary>
internal static class FilterTranslator
{
    /// <summary>The condition for an index; null when there is none. It may let more jobs through than the filter does.</summary>
    public static BsonExpression? ToIndex(JobFilter filter) => filter switch
    {
        TagFilter { Value: { } value } tag => BsonExpression.Create("$.tags[*] ANY = @0", JobDocument.TagKey(tag.Key, value)),
        TagFilter tag => BsonExpression.Create("$.tags[*] ANY LIKE @0", EscapeLike(JobDocument.TagKey(tag.Key, "")) + "%"),
        ChildOfFilter child => BsonExpression.Create("$.parents[*] ANY = @0", child.Parent.Value),
        _ => null,
    };

    // LIKE knows no escape: a wildcard in the key lets more through, which the filter then sorts out.
    private static string EscapeLike(string text) => text.Replace('%', '_');
}
