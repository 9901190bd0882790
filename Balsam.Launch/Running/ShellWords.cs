using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Balsam.Launch.Running;

/// <summary>Tells commands that need a shell from those that are only words, and splits the latter as a POSIX shell would.</summary>
internal static class ShellWords
{
    // '!' and '=' have a meaning in some places only; they are looked at there.
    private const string Special = "|&;<>()$`*?[{}\n\0";
    private const string EscapableInDoubleQuotes = "$`\"\\";

    private static readonly FrozenSet<string> NeedShell = FrozenSet.Create(
        StringComparer.Ordinal,
        "!", "[[", "{", "}", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select", "then", "time", "until", "while",
        ".", ":", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "command", "compgen", "complete", "compopt", "continue", "declare", "dirs", "disown",
        "enable", "eval", "exec", "exit", "export", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "let", "local", "logout", "mapfile", "popd", "pushd",
        "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source", "suspend", "times", "trap", "type", "typeset", "ulimit", "umask", "unalias",
        "unset", "wait");

    /// <summary>Splits a command that uses no shell syntax beyond quotes.</summary>
    /// <param name="command">The command.</param>
    /// <param name="words">The words a shell would pass on.</param>
    /// <returns>Whether the command needs no shell. When in doubt it does.</returns>
    public static bool TrySplit(string command, [NotNullWhen(true)] out IReadOnlyList<string>? words)
    {
        var found = new List<string>();
        var word = new StringBuilder();
        bool inWord = false;
        words = null;
        int at = 0;
        while (at < command.Length)
        {
            char c = command[at];
            if (c is ' ' or '\t')
            {
                EndWord(found, word, ref inWord);
                at++;
                continue;
            }

            if (Special.Contains(c, StringComparison.Ordinal) || IsSpecialHere(command, at, inWord))
            {
                return false;
            }

            if (!(c switch
            {
                '\'' => TryTakeSingleQuoted(command, ref at, word),
                '"' => TryTakeDoubleQuoted(command, ref at, word),
                '\\' => TryTakeEscaped(command, ref at, word, ref inWord),
                _ => TakePlain(c, ref at, word),
            }))
            {
                return false;
            }

            inWord |= c != '\\';
        }

        EndWord(found, word, ref inWord);
        if (found.Count == 0 || found[0].Length == 0 || NeedShell.Contains(found[0]) || IsAssignment(found[0]))
        {
            return false;
        }

        words = found;
        return true;
    }

    /// <summary>Writes text as one word for a POSIX shell, whatever it contains.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static bool IsSpecialHere(string command, int at, bool inWord) => command[at] switch
    {
        '#' => !inWord,
        '~' => !inWord || command[at - 1] is '=' or ':',
        _ => false,
    };

    private static void EndWord(List<string> found, StringBuilder word, ref bool inWord)
    {
        if (inWord)
        {
            found.Add(word.ToString());
            word.Clear();
            inWord = false;
        }
    }

    private static bool TakePlain(char c, ref int at, StringBuilder word)
    {
        word.Append(c);
        at++;
        return true;
    }

    private static bool TryTakeSingleQuoted(string command, ref int at, StringBuilder word)
    {
        int end = command.IndexOf('\'', at + 1);
        if (end < 0 || command.AsSpan(at, end - at).Contains('\0'))
        {
            return false;
        }

        word.Append(command, at + 1, end - at - 1);
        at = end + 1;
        return true;
    }

    private static bool TryTakeDoubleQuoted(string command, ref int at, StringBuilder word)
    {
        for (at++; at < command.Length; at++)
        {
            char c = command[at];
            switch (c)
            {
                case '"':
                    at++;
                    return true;
                case '$' or '`' or '\0':
                    return false;
                case '\\' when at + 1 < command.Length && command[at + 1] == '\n':
                    at++;
                    break;
                case '\\' when at + 1 < command.Length && EscapableInDoubleQuotes.Contains(command[at + 1], StringComparison.Ordinal):
                    word.Append(command[++at]);
                    break;
                default:
                    word.Append(c);
                    break;
            }
        }

        return false;
    }

    // A backslash before a line end joins the lines; at the very end shells disagree.
    private static bool TryTakeEscaped(string command, ref int at, StringBuilder word, ref bool inWord)
    {
        if (at + 1 == command.Length || command[at + 1] == '\0')
        {
            return false;
        }

        if (command[at + 1] != '\n')
        {
            word.Append(command[at + 1]);
            inWord = true;
        }

        at += 2;
        return true;
    }

    private static bool IsAssignment(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || char.IsAsciiDigit(word[0]))
        {
            return false;
        }

        // Also NAME+=value and NAME[i]=value, of bash.
        ReadOnlySpan<char> name = word.AsSpan(0, equals).TrimEnd('+');
        int bracket = name.IndexOf('[');
        foreach (char c in bracket < 0 ? name : name[..bracket])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }
}
