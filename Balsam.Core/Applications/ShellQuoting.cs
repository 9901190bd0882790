using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Balsam;

/// <summary>Quotes values so that a POSIX shell reads each as exactly one word.</summary>
internal static class ShellQuoting
{
    // A word made of these alone means itself to every shell. '~' and '=' are not among them, nor a leading '-', which is the program's business.
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+./:,@%^");

    public static void Append(StringBuilder command, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                AppendWord(command, name, Text(name, value));
                break;
            case JsonValueKind.Null:
                AppendWord(command, name, "");
                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement element in value.EnumerateArray())
                {
                    if (index++ > 0)
                    {
                        command.Append(' ');
                    }

                    AppendWord(command, name, element.ValueKind == JsonValueKind.String ? Text(name, element) : element.GetRawText());
                }

                break;
            default:
                AppendWord(command, name, value.GetRawText());
                break;
        }
    }

    public static void AppendWord(StringBuilder command, string name, string word)
    {
        if (word.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException($"The value of '{name}' holds a NUL character, which no command line can carry.");
        }

        if (word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain))
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
