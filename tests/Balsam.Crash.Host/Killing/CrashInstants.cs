namespace Balsam.Crash;

/// <summary>The chosen instants of the crash matrix. Each must be hit in every run of it.</summary>
public static class CrashInstants
{
    public const string Claim = "claim";
    public const string Open = "open";
    public const string Session = "session";
    public const string Recover = "recover";
    public const string Close = "close";
    public const string Function = "function";
    public const string Hook = "hook";
    public const string ErrorHook = "hook.error";
    public const string SpawnBefore = "spawn.before";
    public const string SpawnHanded = "spawn.handed";
    public const string Exit = "exit";
    public const string Script = "script.";
    public const string Start = "start";
    public const string Record = "record";
    public const string HookCommit = "outcome";
    public const string Wake = "wake";
    public const string Batch = "batch";
    public const string Arrival = "arrival";
    public const string Leg = "leg";
    public const string Submit = "submit";
    public const string Bulk = "bulk";
    public const string Edit = "edit";
    public const string Cancel = "cancel";
    public const string Restart = "restart";
    public const string Delete = "delete";

    /// <summary>Right before a write is handed to the store.</summary>
    public const string Before = ".before";

    /// <summary>At a file operation while the write is on its way.</summary>
    public const string Inside = ".inside";

    /// <summary>The write is durable, and its caller has not been told.</summary>
    public const string After = ".after";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CrashInstant> All { get; } =
    [
        new(Open + Inside, "while the store is made, or opened after a kill: its log read and cut, its schema prepared", 1, 6),
        new(Recover + Inside, "while jobs of a lost launcher go to RUN_TIMEOUT", 1, 3),
        new(Session + Inside, "while a session is recorded", 1, 3),
        new(Session + After, "a session is recorded and nothing is claimed", 1),
        new(Claim, "jobs are claimed and nothing is decided about them", 6),
        new(Start + Before, "RUNNING is about to be stored", 6),
        new(Start + Inside, "while RUNNING is stored", 6, 3),
        new(Start + After, "RUNNING is stored and no process started", 6),
        new(SpawnBefore, "the runner is about to be asked for a process", 8),
        new(SpawnHanded, "the runner starts the process at this moment", 8, 3_000),
        new(Script + "begin", "the process has just begun", 8),
        new(Script + "child", "a child of the process works", 4),
        new(Script + "daemon", "the process has ended and a daemon of it works", 2),
        new(Script + "end", "the process has done its work and has not ended", 8),
        new(Exit, "the process has ended and that is not recorded", 8),
        new(Record + Before, "the end of a run is about to be stored", 8),
        new(Record + Inside, "while the end of a run is stored", 8, 3),
        new(Record + After, "the end of a run is stored and nothing follows from it yet", 8),
        new(Function, "a .NET function runs", 10),
        new(Hook, "a hook has submitted jobs and has not returned", 1),
        new(ErrorHook, "a hook handles an error", 2),
        new(HookCommit + Before, "what a hook decided is about to be stored", 2),
        new(HookCommit + Inside, "while what a hook decided is stored, with the jobs that it submitted", 2, 3),
        new(HookCommit + After, "what a hook decided is stored and nothing follows from it yet", 2),
        new(Wake + Before, "children are about to be woken", 2),
        new(Wake + Inside, "while children are woken", 2, 3),
        new(Wake + After, "children are woken and nobody knows", 2),
        new(Batch, "items are stored as ACTIVE, and nothing has moved", 4),
        new(Arrival, "a file has arrived and that is not recorded", 4),
        new(Leg + Inside, "while it is stored that everything has arrived", 4, 3),
        new(Leg + After, "it is stored that everything has arrived and nothing follows from it yet", 4),
        new(Submit + Before, "a graph is about to be submitted", 2),
        new(Submit + Inside, "while a graph is submitted", 2, 3),
        new(Submit + After, "a graph is stored and its submitter has not heard", 2),
        new(Bulk + Before, "a piece of a bulk submit is about to be stored", 2),
        new(Bulk + Inside, "while a piece of a bulk submit is stored", 2, 3),
        new(Bulk + After, "a piece of a bulk submit is stored and its submitter has not heard", 2),
        new(Edit + Inside, "while tags and data are edited", 1, 3),
        new(Edit + After, "an edit is stored and its caller has not heard", 1),
        new(Cancel + Inside, "while jobs are cancelled", 1, 3),
        new(Cancel + After, "jobs are cancelled and their processes still run", 1),
        new(Restart + Inside, "while ended jobs are restarted", 1, 3),
        new(Delete + Inside, "while jobs are deleted", 1, 3),
        new(FileInstants.DataWrite, "a checkpoint writes to the store file", 60, 2),
        new(FileInstants.DataSync, "a checkpoint waits for the store file", 2),
        new(FileInstants.LogCut, "a checkpoint cuts the log", 2),
        new(FileInstants.LogWrite, "the log is written", 60, 2),
        new(FileInstants.LogSync, "the log is synchronised", 60),
        new(FileInstants.JournalWrite, "a small commit is appended to the journal", 60, 2),
        new(FileInstants.JournalSync, "the journal is synchronised", 60),
        new(FileInstants.JournalCut, "LiteDB has what the journal held, and the journal is emptied", 10),
        new(Close + Inside, "while the store is closed", 1, 12),
    ];
}
