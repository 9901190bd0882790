using CsCheck;

namespace Balsam.Core.Tests.Applications;

/// <summary>Values that try to leave their quotes.</summary>
internal static class HostileText
{
    private static readonly string[] Pieces =
    [
        "'", "\"", "`", "\\", "$", "$(: >$CANARY)", "`: >$CANARY`", ";: >$CANARY;", "\n: >$CANARY\n", "'; : >$CANARY; '", "\"$(: >$CANARY)\"", "a[$(: >$CANARY)]", "$((", "))", ")", "(", "{", "}", "{a,b}",
        "*", "?", "[a-z]", "~", "~/x", "!", "#", "#x", "%s", "&", "&&", "|", "<", ">", "<<EOF", "EOF", "=", "a=b", "-", "-n", "--", " ", "  ", "\t", "\n", "\r", "\r\n", "\u0001", "\u007f", "\u00a0", "\u2028",
        "ü", "漢字", "🌲", "x", "1", "if", "then", "esac", "$HOME", "${HOME}", "$@", "$'\\''", "\\'", "\\n", "]]", "..",
    ];

    public static Gen<string> Gen { get; } = CsCheck.Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 6].Select(string.Concat);

    /// <summary>What an attacker would try first.</summary>
    public static IReadOnlyList<string> Payloads { get; } =
    [
        "'$(: >$CANARY)'", "\"$(: >$CANARY)\"", "$(: >$CANARY)", "`: >$CANARY`", "\n: >$CANARY\n", "a[$(: >$CANARY)]", "';: >$CANARY;'", ")); : >$CANARY; ((", "\nEOF\n: >$CANARY\n",
        "x)$(: >$CANARY)", "}$(: >$CANARY)", "]]; : >$CANARY",
    ];
}
