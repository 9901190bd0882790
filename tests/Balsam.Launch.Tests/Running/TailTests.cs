using System.Text;
using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

public sealed class TailTests
{
    private string _file = null!;

    [SetUp]
    public void SetUp() => _file = Path.GetTempFileName();

    [TearDown]
    public void TearDown() => File.Delete(_file);

    [TestCase("", "")]
    [TestCase("a", "a")]
    [TestCase("a\n", "a")]
    [TestCase("\n", "")]
    [TestCase("a\nb\nc\nd\n", "b|c|d")]
    [TestCase("a\nb\nc\nd", "b|c|d")]
    [TestCase("a\n\n\n", "a||")]
    [TestCase("a\r\nb\r\n", "a|b")]
    public void Read_Text_GivesLastLines(string content, string expected)
    {
        File.WriteAllText(_file, content);
        Assert.That(string.Join('|', Tail.Read(_file, lines: 3)), Is.EqualTo(expected));
    }

    [Test]
    public void Read_NoSuchFile_GivesNothing() => Assert.That(Tail.Read(_file + ".absent"), Is.Empty);

    [Test]
    public void Read_Directory_GivesNothing() => Assert.That(Tail.Read(Path.GetTempPath()), Is.Empty);

    [Test]
    public void Read_ManyLines_GivesTheLastTen()
    {
        File.WriteAllLines(_file, Enumerable.Range(0, 100_000).Select(i => $"line {i}"));
        Assert.That(Tail.Read(_file), Is.EqualTo(Enumerable.Range(99_990, 10).Select(i => $"line {i}")));
    }

    [Test]
    public void Read_LongLines_AreCut()
    {
        File.WriteAllText(_file, string.Join('\n', Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), 1_000_000))));
        IReadOnlyList<string> lines = Tail.Read(_file, lines: 2);
        Assert.That(lines, Is.EqualTo(new[] { new string('d', 2_000) + "…", new string('e', 2_000) + "…" }));
    }

    [Test]
    public void Read_LineLongerThanTheLook_BeginsAndEndsWithAnOmission()
    {
        File.WriteAllText(_file, new string('x', 9_000_000) + "\nend\n");
        Assert.That(Tail.Read(_file, lineLength: 5), Is.EqualTo(new[] { "…xxxxx…", "end" }));
    }

    [Test]
    public void Read_InvalidUtf8AndControls_AreMadeVisible()
    {
        File.WriteAllBytes(_file, [.. "a\tb\u001b[31m\u0000\u007f\u202e"u8, 0xff, 0xfe, .. "é😀\n"u8]);
        Assert.That(Tail.Read(_file), Is.EqualTo(new[] { "a\tb␛[31m␀␡\uFFFD\uFFFD\uFFFDé😀" }));
    }

    [Test]
    public void Read_CutInsideSurrogatePair_KeepsWholeCharacters()
    {
        File.WriteAllText(_file, string.Concat(Enumerable.Repeat("😀", 10)));
        Assert.That(Tail.Read(_file, lineLength: 5), Is.EqualTo(new[] { "😀😀…" }));
    }

    [Test]
    public void Read_BinaryGarbage_StaysBounded()
    {
        byte[] garbage = new byte[3_000_000];
        new Random(7).NextBytes(garbage);
        File.WriteAllBytes(_file, garbage);
        IReadOnlyList<string> lines = Tail.Read(_file);
        Assert.That(lines, Has.Count.EqualTo(10));
        Assert.That(lines, Is.All.Matches<string>(line => line!.Length <= 2_002 && !line.Any(c => char.IsControl(c) && c != '\t')));
    }
}
