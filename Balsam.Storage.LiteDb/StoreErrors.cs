using Balsam.Storage.LiteDb.Documents;
using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Makes the store's own exceptions of what the file and LiteDB throw: no driver exception leaks.</summary>
internal static class StoreErrors
{
    /// <summary>What to do about a damaged store, for messages.</summary>
    public const string WhatToDo = $"Restore a backup of it, or recover what is readable into a new file with {nameof(LiteDbRepair)}.{nameof(LiteDbRepair.RecoverAsync)}.";

    public static Exception Translate(Exception exception, string description) => exception switch
    {
        BalsamException or OperationCanceledException => exception,
        StoreFileException file => new StoreException(KindOf(file.Problem), file.Message, file),
        DocumentDamagedException or PageDamagedException => new StoreException(StoreErrorKind.Unreadable, $"The store ({description}) is damaged: {exception.Message} {WhatToDo}", exception),
        LiteException or IOException or ObjectDisposedException => new StoreException(StoreErrorKind.Unavailable, $"The store ({description}) failed: {exception.Message}", exception),
        _ => Unreadable(exception, description),
    };

    /// <summary>What stands in the file may be refused as an argument by those it is given to; it is the file's fault then, not the caller's.</summary>
    public static Exception OfReading(Exception exception, string description) => exception is ArgumentException ? Unreadable(exception, description) : Translate(exception, description);

    private static StoreException Unreadable(Exception exception, string description) =>
        new(StoreErrorKind.Unreadable, $"The store ({description}) holds something that cannot be read: {exception.Message} {WhatToDo}", exception);

    private static StoreErrorKind KindOf(StoreFileProblem problem) => problem switch
    {
        StoreFileProblem.Locked => StoreErrorKind.Locked,
        StoreFileProblem.NoPermission or StoreFileProblem.ReadOnly or StoreFileProblem.LockingUnavailable or StoreFileProblem.Exists => StoreErrorKind.Forbidden,
        StoreFileProblem.Faulted or StoreFileProblem.Unreachable or StoreFileProblem.Displaced => StoreErrorKind.Unavailable,
        _ => StoreErrorKind.Unreadable,
    };
}
