using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb;

/// <summary>Makes the store's own exceptions of what the file and LiteDB throw: no driver exception leaks.</summary>
internal static class StoreErrors
{
    public static Exception Translate(Exception exception, string description) => exception switch
    {
        BalsamException or OperationCanceledException => exception,
        StoreFileException file => new StoreException(KindOf(file.Problem), file.Message, file),
        PageDamagedException => new StoreException(StoreErrorKind.Unreadable, $"The store ({description}) is damaged: {exception.Message} Restore a backup of it, or recover what is readable into a new file.", exception),
        LiteException or IOException or ObjectDisposedException => new StoreException(StoreErrorKind.Unavailable, $"The store ({description}) failed: {exception.Message}", exception),
        _ => new StoreException(StoreErrorKind.Unreadable, $"The store ({description}) holds something that cannot be read: {exception.Message} Restore a backup of it.", exception),
    };

    private static StoreErrorKind KindOf(StoreFileProblem problem) => problem switch
    {
        StoreFileProblem.Locked => StoreErrorKind.Locked,
        StoreFileProblem.NoPermission or StoreFileProblem.ReadOnly or StoreFileProblem.LockingUnavailable => StoreErrorKind.Forbidden,
        StoreFileProblem.Faulted or StoreFileProblem.Unreachable or StoreFileProblem.Displaced => StoreErrorKind.Unavailable,
        _ => StoreErrorKind.Unreadable,
    };
}
