namespace Balsam.Crash;

/// <summary>What the processes of a job do.</summary>
public static class ScriptKinds
{
    /// <summary>The exit code of a <c>flaky</c> job's first run.</summary>
    public const int FlakyExit = 3;

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> All { get; } = ["plain", "tree", "daemon", "stubborn", "flaky", "plain", "plain"];

    /// <summary>
    /// Each job holds a lock as long as any process of it lives, and writes a line of marks at its beginning and end, its children while they live.
    /// Whoever finds the lock held says so. An armed process kills the host.
    /// </summary>
    public const string Source = """
        kind=$1
        read -r stat </proc/$$/stat
        set -- $stat
        started=${22}
        mark() { echo "$1 $BALSAM_JOB_ID $BALSAM_ATTEMPT $$ $started" >>"$CRASH_DIRECTORY/marks"; }
        armed() {
          [ -e "$CRASH_DIRECTORY/arm-$1" ] && mv "$CRASH_DIRECTORY/arm-$1" "$CRASH_DIRECTORY/fired" 2>/dev/null &&
            echo "script.$1 " >>"$CRASH_DIRECTORY/kills" && kill -9 "$CRASH_HOST"
        }
        work() { for step in 1 2 3 4; do mark alive; armed "$1"; sleep 0.02; done; }
        outlive() { for step in 1 2 3 4 5 6 7 8 9 10; do mark alive; sleep 0.05; armed daemon; done; }
        if [ "$kind" = outlive ]; then outlive; exit; fi
        exec 9>>"$CRASH_DIRECTORY/locks/$BALSAM_JOB_ID"
        flock -n 9 || { mark violation; exit 9; }
        mark begin
        armed begin
        case $kind in
          plain) sleep 0.02 ;;
          tree) work child & work child & (setsid /bin/sh -c 'sleep 0.1' & wait) & wait ;;
          daemon) setsid /bin/sh "$0" outlive & sleep 0.01 ;;
          stubborn) trap '' TERM; work child & wait ;;
          flaky) if mkdir flaked 2>/dev/null; then setsid /bin/sh "$0" outlive & mark flaked; exit 3; fi ;;
        esac
        armed end
        mark end
        """;
}
