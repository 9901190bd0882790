using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>What an inspection asks of the store that it looks at.</summary>
internal interface IInspectedStore
{
    /// <summary>The store in words.</summary>
    string Description { get; }

    /// <summary>The number of the newest published event.</summary>
    long LastSequence { get; }

    /// <summary>Reads the file, while nobody else does.</summary>
    T Read<T>(Func<LiteDatabase, T> read);

    /// <summary>Looks while no write is on its way: what is in the file is what is published.</summary>
    Task<T> BetweenWritesAsync<T>(Func<T> look);

    /// <summary>The state in which a job is published; null for none.</summary>
    JobState? StateOf(long id);

    /// <summary>The published jobs behind a number, so many at most, rising.</summary>
    IReadOnlyList<long> NumbersAfter(long after, int limit);

    /// <summary>Whether a job is found by a key.</summary>
    bool IsFoundByKey(string key, long id);

    /// <summary>Looks at every page of the file.</summary>
    (long Pages, IReadOnlyList<long> Damaged) CheckPages(CancellationToken cancellationToken);
}
