using System.Globalization;
using System.Text;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>The words of every refusal: what was found and what to do.</summary>
internal static class FileRefusals
{
    private const string Restore = "It was left untouched. Restore it from a backup, or recover what is readable into a new file with LiteDbRepair.RecoverAsync.";
    private const string RestoreOrRecover = "What is on other pages can still be read. Restore a backup, or recover what is readable into a new file.";
    private const string NameAnother = "It was left untouched. Give the path of a Balsam store, or of a file that does not exist yet.";
    private const int ReadOnlyFileSystem = 30;

    public static StoreFileException Directory(string path) =>
        new(StoreFileProblem.IsDirectory, path, "is a directory.", "Give the path of a file, for example one in that directory.");

    public static StoreFileException Empty(string path) =>
        new(StoreFileProblem.Empty, path, "exists and is empty: a store never is, so its content was lost or it was never one.",
            "Delete it if a new store is meant; otherwise restore it from a backup.");

    public static StoreFileException NotLiteDb(string path, long length, ReadOnlySpan<byte> start) =>
        new(StoreFileProblem.NotLiteDb, path, $"is not a LiteDB file: {Describe(length, start)}", NameAnother);

    public static StoreFileException Encrypted(string path) =>
        new(StoreFileProblem.Encrypted, path, "is an encrypted LiteDB file; a Balsam store is not encrypted.", NameAnother);

    public static StoreFileException OtherVersion(string path, byte version) =>
        new(StoreFileProblem.OtherVersion, path,
            string.Create(CultureInfo.InvariantCulture, $"is a LiteDB file of file version {version}; this package reads version {PageFormat.FileVersion}, that of LiteDB 5."),
            version < PageFormat.FileVersion ? NameAnother : "It was left untouched. Use a newer version of this package.");

    public static StoreFileException Truncated(string path, long length, long expected) =>
        new(StoreFileProblem.Truncated, path,
            string.Create(CultureInfo.InvariantCulture, $"is truncated: it has {length} bytes, and its header and log call for {expected}."), Restore);

    public static StoreFileException PartPage(string path, long length) =>
        new(StoreFileProblem.Truncated, path,
            string.Create(CultureInfo.InvariantCulture, $"is truncated or had something appended: its {length} bytes are not a whole number of pages of {PageFormat.Size}."),
            Restore);

    public static StoreFileException Damaged(string path, Exception cause) => cause is PageDamagedException page ? PageDamaged(path, page) :
        new(StoreFileProblem.Damaged, path, $"is damaged; LiteDB cannot read it ({cause.Message.TrimEnd('.')}).", Restore, cause);

    public static StoreFileException PageDamaged(string path, PageDamagedException cause) =>
        new(StoreFileProblem.Damaged, path,
            string.Create(CultureInfo.InvariantCulture, $"is damaged: page {cause.Page} (bytes {cause.Page * PageFormat.Size} to {((cause.Page + 1) * PageFormat.Size) - 1}) does not have the content that was written to it."),
            RestoreOrRecover, cause);

    public static StoreFileException LogMissing(StorePaths paths, long frames, long acknowledged) =>
        new(StoreFileProblem.LogMissing, paths.Data,
            string.Create(CultureInfo.InvariantCulture, $"lacks commits that were acknowledged: its log '{paths.Log}' {(frames == 0 ? "is gone or empty" : $"has {frames} pages")}, and '{paths.Lock}' knows of {acknowledged}."),
            $"All was left untouched. Bring that log back beside the file. Where it is lost, or the file was restored from a backup, delete '{paths.Log}' and '{paths.Lock}' to go on with what the file holds.");

    public static StoreFileException NoRoom(string path) =>
        new(StoreFileProblem.Unreachable, path, "cannot take in its log: the disk is full.", "Everything acknowledged is kept. Make room and try again.");

    public static StoreFileException Displaced(string path, string which) =>
        new(StoreFileProblem.Displaced, path, $"was deleted, moved or replaced while it was open ({which}): nothing more is written to it.",
            FormattableString.Invariant($"Move it back to its place, or end process {Environment.ProcessId} and restore a backup. Until that process ends, its content can be copied from /proc/{Environment.ProcessId}/fd."));

    public static StoreFileException Gone(string path) =>
        new(StoreFileProblem.Displaced, path, "is not the file that was open before: it was deleted or replaced meanwhile.",
            "No new store is begun in the place of one in use. Move the file back to its place; or end this program, and start it again to use what is there now.");

    public static StoreFileException LogDamaged(StorePaths paths, long frame, long durable) =>
        new(StoreFileProblem.LogDamaged, paths.Data,
            string.Create(CultureInfo.InvariantCulture, $"has a damaged log: '{paths.Log}' cannot be read at page {frame}, and {durable} pages of it were acknowledged."),
            "Both were left untouched. Restore both from one backup; or move the log away to go back to the last checkpoint, losing what came after it.");

    public static StoreFileException Exists(string path, string taken) =>
        new(StoreFileProblem.Exists, path, taken == path ? "exists already, and nothing is overwritten." : $"is not written, since '{taken}' is there: what is left of another store of that name.",
            "Give another path, or move away what is there.");

    public static StoreFileException LogNotReadable(StorePaths paths) =>
        new(StoreFileProblem.LogDamaged, paths.Data, $"has beside it a log '{paths.Log}' that does not begin as a log does.",
            "Both were left untouched. Restore both from one backup; or move the log away to go back to the last checkpoint, losing what came after it.");

    public static StoreFileException LogForeign(StorePaths paths) =>
        new(StoreFileProblem.LogForeign, paths.Data, $"has beside it a log '{paths.Log}' that belongs to another store file.",
            "Both were left untouched. Bring file and log of one store together, or move the log away.");

    public static StoreFileException LogWithoutFile(StorePaths paths) =>
        new(StoreFileProblem.LogForeign, paths.Data, $"does not exist, but its log '{paths.Log}' does, with commits in it.",
            "Bring the file back beside its log, or move the log away to begin a new store.");

    public static StoreFileException JournalDamaged(StorePaths paths, long position) =>
        new(StoreFileProblem.LogDamaged, paths.Data,
            string.Create(CultureInfo.InvariantCulture, $"has a damaged journal: '{paths.Journal}' cannot be read at byte {position}, and acknowledged commits stand behind it."),
            "All were left untouched. Restore file, log and journal from one backup; or move the journal away, losing the last commits.");

    public static StoreFileException JournalMissing(StorePaths paths, long last, long acknowledged) =>
        new(StoreFileProblem.LogMissing, paths.Data,
            string.Create(CultureInfo.InvariantCulture, $"lacks commits that were acknowledged: with its journal '{paths.Journal}' it ends at event {last}, and '{paths.Lock}' knows of event {acknowledged}."),
            $"All was left untouched. Bring that journal back beside the file. Where it is lost, or the file was restored from a backup, delete '{paths.Journal}' and '{paths.Lock}' to go on with what the file holds.");

    public static StoreFileException JournalForeign(StorePaths paths) =>
        new(StoreFileProblem.LogForeign, paths.Data, $"has beside it a journal '{paths.Journal}' that belongs to another store file.",
            "Both were left untouched. Bring file and journal of one store together, or move the journal away.");

    public static StoreFileException JournalWithoutFile(StorePaths paths) =>
        new(StoreFileProblem.LogForeign, paths.Data, $"does not exist, but its journal '{paths.Journal}' does, with commits in it.",
            "Bring the file back beside its journal, or move the journal away to begin a new store.");

    public static StoreFileException JournalGap(StorePaths paths, long previous, long last) =>
        new(StoreFileProblem.LogForeign, paths.Data,
            string.Create(CultureInfo.InvariantCulture, $"has beside it a journal '{paths.Journal}' that goes on after event {previous}; the store ends with event {last}."),
            "Both were left untouched. They are not of one moment: restore file, log and journal from one backup, or move the journal away.");

    public static StoreFileException FileAndLogGone(StorePaths paths) =>
        new(StoreFileProblem.LogMissing, paths.Data, $"does not exist, but '{paths.Lock}' knows of commits that were in its log.",
            "Bring the file and its log back, or delete that lock file to begin a new store.");

    public static StoreFileException LogUnmerged(StorePaths paths) =>
        new(StoreFileProblem.LogUnmerged, paths.Data, $"was written by another LiteDB program that left its log '{paths.NativeLog}'.",
            "Open and close the file with that program once, or delete that log if it is not wanted.");

    public static StoreFileException ReadOnly(string path, string what) =>
        new(StoreFileProblem.ReadOnly, path, $"cannot be written: {what} is read-only.", "Give this user the right to write there, or choose another path.");

    public static StoreFileException NoPermission(string path, string what, Exception? cause) =>
        new(StoreFileProblem.NoPermission, path, $"cannot be opened: this user may not read and write {what}.",
            "Give this user the right to read and write there, or choose another path.", cause);

    /// <summary>An exception of the file system, as a refusal.</summary>
    public static StoreFileException ForIo(string path, Exception cause) => cause switch
    {
        StoreFileException refusal => refusal,
        UnauthorizedAccessException => NoPermission(path, "it or its directory", cause),
        IOException { HResult: ReadOnlyFileSystem } => ReadOnly(path, "the file system"),
        _ when StoreLock.IsSharingViolation(cause) => new StoreLockedException(path, null),
        _ => new(StoreFileProblem.Unreachable, path, $"cannot be opened: {cause.Message.TrimEnd('.')}.", "Check the path and the disk.", cause),
    };

    private static string Describe(long length, ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("SQLite format 3\0"u8))
        {
            return "it is an SQLite database.";
        }

        string size = string.Create(CultureInfo.InvariantCulture, $"it has {length} bytes and begins with ");
        ReadOnlySpan<byte> shown = start[..Math.Min(start.Length, 24)];
        return shown.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? $"{size}the bytes {Convert.ToHexString(shown[..Math.Min(shown.Length, 16)])}."
            : $"{size}'{Encoding.ASCII.GetString(shown)}'.";
    }
}
