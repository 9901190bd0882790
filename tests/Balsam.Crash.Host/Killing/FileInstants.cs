namespace Balsam.Crash;

/// <summary>The instants of the file layer: an operation on one of the store's files, named by the end of its name.</summary>
public static class FileInstants
{
    public const string DataWrite = "db.write";
    public const string DataSync = "db.sync";
    public const string LogWrite = "db-wal.write";
    public const string LogSync = "db-wal.sync";
    public const string LogCut = "db-wal.cut";
    public const string JournalWrite = "db-journal.write";
    public const string JournalSync = "db-journal.sync";
    public const string JournalCut = "db-journal.cut";
}
