using Balsam.Storage.Embedded;
using Balsam.Storage.LiteDb.Documents;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>The states of all jobs on a few pages: what makes opening a large store quick. Events after the pages bring them up to date.</summary>
internal static class StatePages
{
    private const string What = "the page of states";

    public static void Write(LiteDatabase database, StateMap states, IEnumerable<int> pages, IReadOnlyCollection<JobId> deleted)
    {
        ILiteCollection<BsonDocument> collection = StoreCollections.States(database);
        foreach (int page in pages)
        {
            byte[] bytes = states.GetPage(page).ToArray();
            if (bytes.Length == 0)
            {
                continue;
            }

            foreach (JobId id in deleted.Where(id => PageOf(id.Value) == page))
            {
                bytes[id.Value % StateMap.PageSize] = 0;
            }

            collection.Upsert(DocumentSeal.Seal(new BsonDocument { ["_id"] = page, ["states"] = bytes }));
        }
    }

    public static StateMap Read(LiteDatabase database)
    {
        var states = new StateMap();
        foreach (BsonDocument page in StoreCollections.States(database).FindAll())
        {
            states.LoadPage(page["_id"].AsInt32, DocumentSeal.Check(page, What)["states"].AsBinary);
        }

        return states;
    }

    public static int PageOf(long id) => (int)(id / StateMap.PageSize);
}
