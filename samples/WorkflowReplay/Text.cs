using System.Text;

namespace WorkflowReplay;

/// <summary>Names from files are shown to people and become names of directories: neither may do harm.</summary>
internal static class Text
{
    private const int Longest = 200;
    private const int LongestFileName = 60;

    /// <summary>The text without line ends and other control characters.</summary>
    public static string OneLine(string text) => string.Concat(text.EnumerateRunes().Select(rune => Rune.IsControl(rune) ? "�" : rune.ToString()));

    /// <summary>The same, cut to what fits into a message.</summary>
    public static string Short(string text) => OneLine(text.Length <= Longest ? text : text[..Longest] + "…");

    /// <summary>The start of the text as a part of a file name: letters, digits, '.', '_' and '-'.</summary>
    public static string FileName(string text) =>
        string.Concat(text.Take(LongestFileName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_'));
}
