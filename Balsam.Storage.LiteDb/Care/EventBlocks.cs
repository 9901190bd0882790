using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>Blocks of events as they are read for some jobs at a time: neighbours share theirs.</summary>
internal sealed class EventBlocks(LiteDatabase database)
{
    private readonly Dictionary<long, (ILookup<JobId, JobEvent>? Events, string? Damage)> _read = [];

    /// <summary>The events of a block, by job.</summary>
    /// <param name="block">The block.</param>
    /// <param name="damage">Why it cannot be read; null when it can, or is not there.</param>
    /// <returns>The events; null when it is not there, or cannot be read.</returns>
    public ILookup<JobId, JobEvent>? Read(long block, out string? damage)
    {
        if (!_read.TryGetValue(block, out (ILookup<JobId, JobEvent>? Events, string? Damage) known))
        {
            _read[block] = known = ReadAnew(block);
        }

        damage = known.Damage;
        return known.Events;
    }

    private (ILookup<JobId, JobEvent>? Events, string? Damage) ReadAnew(long block)
    {
        try
        {
            return (StoreCollections.Events(database).FindById(block) is { } document ? EventChunk.Read(DocumentSeal.Check(document, EventChunk.What, block)).ToLookup(step => step.JobId) : null, null);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or IOException or LiteException))
        {
            return (null, exception.Message);
        }
    }
}
