using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Balsam;

/// <summary>Quotes values so that a POSIX shell reads each as exactly one word.</summary>
internal static class ShellQuoting
{
    // A word made of these alone means itself to every shell. '~' and '=' are not among them, nor ',', which divides a word inside the template's own { }.
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+./:@%^");

    // These alone would be read as the shell's own where a command may begin.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal,
        "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in", "function", "select", "time", "coproc");

    /// <param name="command">Where to write.</param>
    /// <param name="name">The parameter, for messages.</param>
    /// <param name="value">Its value.</param>
    /// <param name="beforeRedirection">Whether a <c>&lt;</c> or <c>></c> follows, which would take plain digits for the number of a file.</param>
    public static void Append(StringBuilder command, string name, JsonElement value, bool beforeRedirection)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                AppendWord(command, name, Text(name, value), beforeRedirection);
                break;
            case JsonValueKind.Null:
                AppendWord(command, name, "", beforeRedirection);
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement element in value.EnumerateArray())
                {
                    if (index++ > 0)
                    {
                        command.Append(' ');
                    }

                    AppendWord(command, name, element.ValueKind == JsonValueKind.String ? Text(name, element) : element.GetRawText(), beforeRedirection);
                }

                break;
            default:
                AppendWord(command, name, value.GetRawText(), beforeRedirection);
                break;
        }
    }

    private static void AppendWord(StringBuilder command, string name, string word, bool alwaysQuote)
    {
        if (word.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException($"The value of '{name}' holds a NUL character, which no command line can carry.");
        }

        if (!alwaysQuote && word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) && !Reserved.Contains(word))
        {
            command.Append(word);
            return;
        }

        command.Append('\'').Append(word.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
    }

    private static string Text(string name, JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            throw new FormatException($"The value of '{name}' is not valid Unicode.");
        }
    }
}
