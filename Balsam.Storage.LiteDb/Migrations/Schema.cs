using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Migrations;

/// <summary>The versions of the file format, and the steps between them. A new version adds a step at the end; steps are never changed.</summary>
internal static class Schema
{
    private static readonly IReadOnlyList<IMigration> Steps = [new AddStatePages(), new OrderTagIndex(), new AddKeys(), new AddRecords(), new SeparateParents(), new AddJournal(), new AddTransfers()];

    /// <summary>The version that this package writes.</summary>
    public static int Current => Steps.Count + 1;

    /// <summary>Brings a file to the current version; makes a new one where there is none.</summary>
    /// <param name="file">The file.</param>
    /// <param name="settle">Brings the journal into the file, as it is before any step, and returns the head after it.</param>
    /// <returns>The head of the store.</returns>
    /// <exception cref="StoreException">A newer package wrote the file, or it holds something else than a store.</exception>
    public static StoreHead Prepare(LiteDbFile file, Func<StoreHead, StoreHead> settle)
    {
        StoreHead? head = file.Read(database => StoreHead.From(StoreCollections.Head(database).FindById(1)));
        if (head is null)
        {
            return Create(file);
        }

        if (head.Schema > Current)
        {
            throw new StoreException(
                StoreErrorKind.TooNew,
                FormattableString.Invariant($"The store file '{file.Path}' has schema {head.Schema}; this version of Balsam knows schemas up to {Current}. It was left as it was. Use {(head.Package.Length > 0 ? "version " + head.Package : "the version")} of Balsam that wrote it, or a newer one."));
        }

        if (head.Schema < Current)
        {
            head = settle(head);
        }

        while (head.Schema < Current)
        {
            head = Migrate(file, head);
        }

        return head;
    }

    // Each step and its new version number are one transaction: a kill in between leaves the version before.
    private static StoreHead Migrate(LiteDbFile file, StoreHead head)
    {
        StoreHead migrated = head;
        file.Commit(database =>
        {
            migrated = Steps[head.Schema - 1].Apply(database, head) with { Schema = head.Schema + 1 };
            StoreCollections.Head(database).Update(migrated.ToDocument());
        });
        return migrated;
    }

    private static StoreHead Create(LiteDbFile file)
    {
        string[] foreign = file.Read(database => database.GetCollectionNames().ToArray());
        if (foreign.Length > 0)
        {
            throw new StoreException(
                StoreErrorKind.Unreadable,
                $"The LiteDB file '{file.Path}' is not a Balsam store: it holds the collections {string.Join(", ", foreign)}. It was left as it was. Choose another path for the store.");
        }

        var head = new StoreHead(Current, 0, 0, 0, 0);
        file.Commit(database =>
        {
            StoreCollections.EnsureIndexes(database);
            StoreCollections.Head(database).Insert(head.ToDocument());
        });
        return head;
    }
}
