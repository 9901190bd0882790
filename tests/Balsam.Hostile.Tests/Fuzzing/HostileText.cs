using CsCheck;

namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>Text that tries to leave its quotes, its directory, its line, or its encoding. CsCheck prints the seed of a failure; the variable CsCheck_Seed repeats it.</summary>
internal static class HostileText
{
    private static readonly string[] ShellPieces =
    [
        "'", "\"", "`", "\\", "$", "$(: >canary)", "`: >canary`", ";: >canary;", "\n: >canary\n", "'; : >canary; '", "\"$(: >canary)\"", "a[$(: >canary)]", "$((", "))", "{a,b}", "*", "?", "[a-z]", "~", "!", "#", "%s", "&&", "|", "<", ">", "<<EOF",
        "EOF", "=", "-n", "--", " ", "  ", "\t", "\n", "\r\n", "\u0001", "\u001b[31m", "\u007f", "\u00a0", "\u2028", "\ufeff", "ü", "漢字", "🌲", "x", "1", "if", "$HOME", "$@", "$'\\''", "{{ a }}", "{{", "}}", "..", "/",
    ];

    private static readonly string[] OtherPieces =
    [
        "\0", "\ud800", "\udfff", "\ud83d", "../", "/../", "/etc/passwd", "C:\\", "\\\\server", "//", "/./", "\u202e", ".", "con", "job.out", "balsam.log", "null", "{}", "[]", "\"", "\\u0000", "\\ud800", ":", "~root", "%2e%2e/", "\u0130", "ß",
    ];

    /// <summary>What a command line can carry.</summary>
    public static Gen<string> Printable { get; } = Joined(ShellPieces, 6);

    /// <summary>Anything.</summary>
    public static Gen<string> Any { get; } = Gen.Frequency(
        (6, Joined([.. ShellPieces, .. OtherPieces], 6)), (1, Gen.Int[200, 5_000].Select(length => new string('x', length))), (1, Gen.Int[100, 1_000].Select(length => string.Concat(Enumerable.Repeat("a/", length)))),
        (1, Gen.String[0, 40]));

    /// <summary>One of some texts.</summary>
    public static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Joined(string[] pieces, int most) => OneOf(pieces).Array[0, most].Select(string.Concat);
}
