using System.Collections.Frozen;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>The tags of a job that has none.</summary>
internal static class JobTags
{
    public static IReadOnlyDictionary<string, string> Empty => FrozenDictionary<string, string>.Empty;
}
