namespace Balsam.Launch.Running;

/// <summary>Turns a job's command into what the operating system starts.</summary>
internal static class CommandLine
{
    private const string Shell = "/bin/sh";
    private const string Bash = "/bin/bash";

    /// <summary>Decides between the program itself, a shell, and a bash that runs the preamble first.</summary>
    /// <param name="command">The command as a user would type it.</param>
    /// <param name="preamble">Lines of bash that prepare the environment (<c>module load …</c>); null or blank for none.</param>
    /// <returns>The program and its arguments.</returns>
    /// <remarks>
    /// The preamble shares the command's shell, so its functions and variables are the command's too. It runs under <c>set -e</c>: its first failure
    /// ends the job with that exit code and a line in the output that says so. Texts reach bash in single quotes, so an unclosed quote in the
    /// preamble cannot swallow the command.
    /// </remarks>
    public static (string FileName, IReadOnlyList<string> Arguments) For(string command, string? preamble)
    {
        bool plain = ShellWords.TrySplit(command, out IReadOnlyList<string>? words);
        if (!string.IsNullOrWhiteSpace(preamble))
        {
            return (Bash, ["-c", Script(command, plain ? words : null, preamble)]);
        }

        return plain ? (words![0], [.. words.Skip(1)]) : (Shell, ["-c", command]);
    }

    private static string Script(string command, IReadOnlyList<string>? words, string preamble)
    {
        string run = $"eval {ShellWords.Quote(command)}";

        // Becoming the program saves a process and lets signals reach it as the leader. Not so for a function of the preamble,
        // nor when the preamble may have set a trap, which belongs to the shell.
        if (words is not null && !preamble.Contains("trap", StringComparison.Ordinal))
        {
            run = $"""
                if declare -F -- {ShellWords.Quote(words[0])} >/dev/null; then {run}; else exec -- {string.Join(' ', words.Select(ShellWords.Quote))}; fi
                """;
        }

        return $$"""
            trap 'balsam_code=$?
            if [ "$balsam_code" -eq 0 ]; then
              echo "balsam: the preamble ended the shell before the command could run" >&2; exit 1
            fi
            echo "balsam: the preamble failed with exit code $balsam_code" >&2; exit "$balsam_code"' EXIT
            set -e
            eval {{ShellWords.Quote(preamble)}}
            set +e
            {{(preamble.Contains("trap", StringComparison.Ordinal) ? "case \"$(trap -p EXIT)\" in *balsam_code*) trap - EXIT;; esac" : "trap - EXIT")}}
            {{run}}
            """;
    }
}
