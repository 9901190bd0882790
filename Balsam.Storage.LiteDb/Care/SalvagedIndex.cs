using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb.Care;

/// <summary>Which documents a damaged store still has, told by what is in them, and where they stand.</summary>
internal sealed class SalvagedIndex
{
    private readonly SalvagedDocuments _documents;

    public SalvagedIndex(SalvagedDocuments documents) => _documents = documents;

    /// <summary>The places of the jobs' documents, by number, and their versions.</summary>
    public SortedDictionary<long, (long Page, byte Slot, long Version)> Jobs { get; } = [];

    /// <summary>The places of the blocks of events, by first number.</summary>
    public SortedDictionary<long, (long Page, byte Slot)> Events { get; } = [];

    /// <summary>The places of the lists of parents, by job.</summary>
    public Dictionary<long, (long Page, byte Slot)> Parents { get; } = [];

    /// <summary>The launchers and applications.</summary>
    public List<BsonDocument> Launchers { get; } = [];

    public List<BsonDocument> Applications { get; } = [];

    /// <summary>The jobs that the pages of states know.</summary>
    public Dictionary<long, JobState> States { get; } = [];

    /// <summary>The counters; null when they are lost.</summary>
    public StoreHead? Head { get; private set; }

    /// <summary>The pages that are damaged, and how many documents began somewhere and could not be read.</summary>
    public List<long> DamagedPages { get; } = [];

    public List<(long Page, byte Slot)> Unreadable { get; } = [];

    public void Fill(CancellationToken cancellationToken)
    {
        foreach ((long page, byte slot) in _documents.Find(DamagedPages.Add, cancellationToken))
        {
            if (_documents.Read(page, slot) is not { } document || !TryTake(document, page, slot))
            {
                Unreadable.Add((page, slot));
            }
        }
    }

    private bool TryTake(BsonDocument document, long page, byte slot)
    {
        try
        {
            return Take(document, page, slot);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private bool Take(BsonDocument document, long page, byte slot)
    {
        long number = document["_id"] is { IsNumber: true } id ? id.AsInt64 : 0;
        if (document.ContainsKey("block"))
        {
            _ = EventChunk.Read(document);
            Events[number] = (page, slot);
        }
        else if (document.ContainsKey("ver") && document.ContainsKey("state"))
        {
            _ = JobDocument.Read(document, []);
            if (!Jobs.TryGetValue(number, out (long Page, byte Slot, long Version) other) || other.Version < document["ver"].AsInt64)
            {
                Jobs[number] = (page, slot, document["ver"].AsInt64);
            }
        }
        else if (document.ContainsKey("states"))
        {
            byte[] states = document["states"].AsBinary;
            for (int i = 0; i < states.Length; i++)
            {
                if (states[i] != 0)
                {
                    States[(number * states.Length) + i] = (JobState)states[i];
                }
            }
        }
        else if (document.ContainsKey("parents"))
        {
            Parents[number] = (page, slot);
        }
        else if (document.ContainsKey("session"))
        {
            _ = LauncherDocument.Read(document);
            Launchers.Add(document);
        }
        else if (document.ContainsKey("class"))
        {
            _ = ApplicationDocument.Read(document);
            Applications.Add(document);
        }
        else if (document.ContainsKey("product"))
        {
            Head = StoreHead.From(document);
        }
        else
        {
            return document.ContainsKey("hashes");
        }

        return true;
    }
}
