using System.Text.RegularExpressions;

namespace Balsam;

/// <summary>Folds away what differs between two lines that say the same.</summary>
internal static partial class FailureText
{
    private const int LongestLine = 300;

    public static string Fold(string line) => Varying().Replace(line.Length > LongestLine ? line[..LongestLine] : line, Stand).Trim();

    private static string Stand(Match match) => match switch
    {
        _ when match.Groups["quoted"].Success => "'…'",
        _ when match.Groups["path"].Success => "<path>",
        _ when match.Groups["hex"].Success => "<hex>",
        _ when match.Groups["number"].Success => "#",
        _ => " ",
    };

    // An apostrophe inside a word opens no quotes. A path is what begins with a slash, a drive or dots, or has two slashes in it. Hexadecimal is what
    // begins with 0x, a GUID, or 8 digits or more of which one is a letter and one is not.
    [GeneratedRegex(
        """
        (?<quoted> (?<!\w)'[^']*'(?!\w) | "[^"]*" | `[^`']*[`'] | ‘[^’]*’ | “[^”]*” )
        | (?<path> (?<![\w/\\]) (?: [A-Za-z]:[\\/] | ~/ | \.{1,2}/ | / | \w[\w.+-]*/[\w.+-]+/ ) [^\s:;,()\[\]{}<>'"=]+ )
        | (?<hex> \b0[xX][0-9a-fA-F]+\b | \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b | \b(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{8,}\b )
        | (?<number> [+-]?(?<![\w.])[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z]) | [0-9]+ )
        | \s+
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Varying();
}
