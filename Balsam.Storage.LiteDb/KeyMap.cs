using System.Buffers.Binary;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>
/// Which jobs may have a key: a hash of the key of each job, in memory, and on pages of the file so that opening does not read the jobs.
/// An index of the file costs as much for each new key as the job itself; this costs next to nothing.
/// </summary>
/// <remarks>Two keys may share a hash, so whoever asks reads the jobs, and looks.</remarks>
internal sealed class KeyMap
{
    private const int PageSize = 256;
    private const string What = "the page of keys";

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long> _jobs = [];
    private readonly List<(ulong Hash, long Id)> _doubles = [];

    public static KeyMap Read(LiteDatabase database, Func<long, bool> isStored)
    {
        var map = new KeyMap();
        foreach (BsonDocument page in StoreCollections.Keys(database).FindAll())
        {
            long id = page["_id"].AsInt64 * PageSize;
            for (ReadOnlySpan<byte> hashes = DocumentSeal.Check(page, What)["hashes"].AsBinary; !hashes.IsEmpty; hashes = hashes[sizeof(ulong)..], id++)
            {
                ulong hash = BinaryPrimitives.ReadUInt64LittleEndian(hashes);
                if (hash != 0 && isStored(id))
                {
                    map.Add(hash, id);
                }
            }
        }

        return map;
    }

    /// <summary>Writes the hashes of new jobs. Those of deleted jobs stay: they lead to no job.</summary>
    public static void Write(LiteDatabase database, IEnumerable<Job> added)
    {
        ILiteCollection<BsonDocument> pages = StoreCollections.Keys(database);
        foreach (IGrouping<long, Job> page in added.Where(job => job.Key is not null).GroupBy(job => job.Id.Value / PageSize))
        {
            byte[] hashes = pages.FindById(page.Key) is { } stored ? DocumentSeal.Check(stored, What, page.Key)["hashes"].AsBinary : new byte[PageSize * sizeof(ulong)];
            foreach (Job job in page)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(hashes.AsSpan((int)(job.Id.Value % PageSize) * sizeof(ulong)), HashOf(job.Key!));
            }

            pages.Upsert(DocumentSeal.Seal(new BsonDocument { ["_id"] = page.Key, ["hashes"] = hashes }));
        }
    }

    public void Add(string key, JobId id)
    {
        lock (_gate)
        {
            Add(HashOf(key), id.Value);
        }
    }

    public void Remove(string key, JobId id)
    {
        lock (_gate)
        {
            ulong hash = HashOf(key);
            if (!_doubles.Remove((hash, id.Value)) && _jobs.GetValueOrDefault(hash) == id.Value)
            {
                _jobs.Remove(hash);
            }
        }
    }

    /// <summary>The numbers of all jobs that have one of some keys, and perhaps of others.</summary>
    public long[] Find(IEnumerable<string> keys)
    {
        lock (_gate)
        {
            return [.. keys.SelectMany(Find)];
        }
    }

    private IEnumerable<long> Find(string key)
    {
        ulong hash = HashOf(key);
        IEnumerable<long> first = _jobs.TryGetValue(hash, out long id) ? [id] : [];
        return _doubles.Count == 0 ? first : first.Concat(_doubles.Where(other => other.Hash == hash).Select(other => other.Id));
    }

    private void Add(ulong hash, long id)
    {
        if (!_jobs.TryAdd(hash, id))
        {
            _doubles.Add((hash, id));
        }
    }

    // FNV-1a over the UTF-16 units, and the last mix of MurmurHash3. Part of the file format; never 0, which stands for no key.
    private static ulong HashOf(string key)
    {
        ulong hash = 14_695_981_039_346_656_037;
        foreach (char unit in key)
        {
            hash = (hash ^ unit) * 1_099_511_628_211;
        }

        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CE_B9FE_1A85_EC53;
        hash ^= hash >> 33;
        return hash == 0 ? 1 : hash;
    }
}
