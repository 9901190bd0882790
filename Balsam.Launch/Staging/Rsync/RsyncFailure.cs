using System.Collections.Frozen;

namespace Balsam.Launch.Staging.Rsync;

/// <summary>What rsync's exit codes and words mean: whether it may go better later, and what to do.</summary>
internal static class RsyncFailure
{
    private const int LongestText = 1000;

    // The words tell more than the code: the first that is found decides.
    private static readonly (string Words, bool IsTransient, string Advice)[] Causes =
    [
        ("Host key verification failed", false, "The host is not known: once whoever runs it confirms its key, put it into known_hosts (ssh-keyscan)."),
        ("Permission denied (13)", false, "Change the permissions there, or log in as a user who may."),
        ("Permission denied (", false, "See that a key of this account is in the user's authorized_keys there, and that it needs no passphrase."),
        ("command not found", false, "Install rsync at the host."),
        ("No space left on device", true, "Make room there; it is tried again."),
        ("Disk quota exceeded", true, "Make room there; it is tried again."),
        ("No such file or directory (2)", false, "Put it there, or correct the path of the job."),
        ("Not a directory (20)", false, "Correct the path of the job, or declare the slot without IsRecursive."),
        ("unknown option", false, "Both ends need rsync 3.2.3 or later."),
    ];

    private static readonly FrozenSet<int> ForGood = new[] { 1, 2, 3, 4, 5, 6, 25, 126, 127 }.ToFrozenSet();

    /// <summary>Says why an item did not arrive.</summary>
    public static TransferException From(TransferTask task, string far, RsyncEnd end)
    {
        string said = end.Errors.Trim().ReplaceLineEndings("; ");
        (string Words, bool IsTransient, string Advice) cause = Array.Find(Causes, cause => end.Errors.Contains(cause.Words, StringComparison.Ordinal)) is { Words: not null } found ? found
            : ForGood.Contains(end.ExitCode) ? ("", false, "See rsync's manual for the exit code.") : ("", true, "What has arrived stays; the rest follows.");
        return new TransferException(
            FormattableString.Invariant($"'{task.Item.Remote}' could not be moved: rsync with {far} ended with exit code {end.ExitCode}: {(said.Length > LongestText ? "…" + said[^LongestText..] : said)}. {cause.Advice}"),
            cause.IsTransient);
    }
}
