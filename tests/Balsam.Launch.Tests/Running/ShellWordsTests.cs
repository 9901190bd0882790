using System.Diagnostics;
using Balsam.Launch.Running;
using CsCheck;

namespace Balsam.Launch.Tests.Running;

public sealed class ShellWordsTests
{
    private static readonly Gen<string> Argument =
        Gen.OneOf(Gen.Char[" \t\n'\"\\$`|&;<>()*?[]{}~#!=%aA0-/.,:é€"], Gen.Char[' ', '~']).Array[0, 12].Select(characters => new string(characters));

    [TestCase("relax", "relax")]
    [TestCase("  relax \t--in  x ", "relax|--in|x")]
    [TestCase("sim 'a b' \"c d\" e\\ f", "sim|a b|c d|e f")]
    [TestCase("sim a'b'\"c\"d", "sim|abcd")]
    [TestCase("sim '' \"\"", "sim||")]
    [TestCase("sim '$HOME' '*' '|' '`'", "sim|$HOME|*|||`")]
    [TestCase("sim \"\\$x \\\\ \\` \\\" \\n\"", "sim|$x \\ ` \" \\n")]
    [TestCase("sim \\$x \\* \\# \\~", "sim|$x|*|#|~")]
    [TestCase("sim a#b a~ x=1 -Dx=1 50% a,b @f ^x", "sim|a#b|a~|x=1|-Dx=1|50%|a,b|@f|^x")]
    [TestCase("sim \"a\\\nb\" c\\\nd", "sim|ab|cd")]
    [TestCase("./sim --in=/a/b", "./sim|--in=/a/b")]
    [TestCase("sim a ! b", "sim|a|!|b")]
    public void TrySplit_OnlyWords_GivesThem(string command, string expected)
    {
        Assert.That(ShellWords.TrySplit(command, out IReadOnlyList<string>? words), Is.True);
        Assert.That(string.Join('|', words!), Is.EqualTo(expected));
    }

    [TestCase("a | b")]
    [TestCase("a & ")]
    [TestCase("a; b")]
    [TestCase("a < f")]
    [TestCase("a 2>f")]
    [TestCase("(a)")]
    [TestCase("a $x")]
    [TestCase("a \"$x\"")]
    [TestCase("a `b`")]
    [TestCase("a \"`b`\"")]
    [TestCase("a *.txt")]
    [TestCase("a file?")]
    [TestCase("a [ab]")]
    [TestCase("a # comment")]
    [TestCase("a ~/x")]
    [TestCase("a x=~/y")]
    [TestCase("a {b,c}")]
    [TestCase("a\nb")]
    [TestCase("X=1 a")]
    [TestCase("X+=1 a")]
    [TestCase("! a")]
    [TestCase("cd x")]
    [TestCase("exit 3")]
    [TestCase("export A")]
    [TestCase("if true")]
    [TestCase("for i in 1")]
    [TestCase("while true")]
    [TestCase("exec a")]
    [TestCase("source a")]
    [TestCase(". a")]
    [TestCase(": a")]
    [TestCase("eval a")]
    [TestCase("set -e")]
    [TestCase("ulimit -n 5")]
    [TestCase("umask 0")]
    [TestCase("trap x 1")]
    [TestCase("wait")]
    [TestCase("a 'unclosed")]
    [TestCase("a \"unclosed")]
    [TestCase("a \\")]
    [TestCase("")]
    [TestCase("  ")]
    [TestCase("'' a")]
    [TestCase("a \0")]
    [TestCase("a '\0'")]
    public void TrySplit_ShellSyntax_IsLeftToTheShell(string command) =>
        Assert.That(ShellWords.TrySplit(command, out _), Is.False);

    [Test]
    public void TrySplit_QuotedArguments_GivesExactlyThem() =>
        Argument.Array[0, 6].Sample(arguments =>
            ShellWords.TrySplit(string.Join(' ', arguments.Prepend("program").Select(ShellWords.Quote)), out IReadOnlyList<string>? words)
            && words.Skip(1).SequenceEqual(arguments));

    [Test]
    [Platform("Linux")]
    public void TrySplit_AnyTextItAccepts_IsSplitAsTheShellDoes() =>
        Gen.Char[" \t''''\"\"\"\\\\\n$*~#!=%aaAA00-/.,:é"].Array[0, 14].Select(characters => new string(characters)).Sample(
            text => !ShellWords.TrySplit("printf " + text, out IReadOnlyList<string>? words) || AsTheShellSees(text).SequenceEqual(words.Skip(1)),
            iter: 1_500,
            threads: 1);

    [Test]
    [Platform("Linux")]
    public void Quote_AnyText_IsOneWordForTheShell() =>
        Argument.Array[1, 20].Sample(
            arguments => AsTheShellSees(string.Join(' ', arguments.Select(ShellWords.Quote))).SequenceEqual(arguments),
            iter: 50,
            threads: 1);

    // The first word is a guard: printf with no argument would still print one empty word.
    private static string[] AsTheShellSees(string words)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"printf '%s\\0' guard {words}"]) { RedirectStandardOutput = true })!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return output.Split('\0')[1..^1];
    }
}
