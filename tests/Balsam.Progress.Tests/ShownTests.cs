namespace Balsam.Progress.Tests;

/// <summary>Numbers, names and bars as they are shown.</summary>
public sealed class ShownTests
{
    [TestCase(-5, "0 s")]
    [TestCase(0.4, "0 s")]
    [TestCase(59.4, "59 s")]
    [TestCase(60, "1 min")]
    [TestCase(200, "3 min 20 s")]
    [TestCase(7500, "2 h 5 min")]
    [TestCase(273_600, "3 d 4 h")]
    public void Duration_InTheTwoLargestUnits_IsShort(double seconds, string shown) => Assert.That(ShownNumbers.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(shown));

    [TestCase(3.24, "3.2 jobs/s")]
    [TestCase(1, "1 jobs/s")]
    [TestCase(12_345.6, "12,346 jobs/s")]
    [TestCase(0.5, "30 jobs/min")]
    [TestCase(0.01, "36 jobs/h")]
    [TestCase(0.00005, "4.3 jobs/d")]
    public void Rate_InTheFirstUnitThatMakesItOne_IsShort(double perSecond, string shown) => Assert.That(ShownNumbers.Rate(perSecond), Is.EqualTo(shown));

    [TestCase("plain [red]text[/] 漢字 ü 🌲", "plain [red]text[/] 漢字 ü 🌲")]
    [TestCase("a\u001b[2Jb", "a␛[2Jb")]
    [TestCase("a\r\n\tb\u007f", "a␍␊␉b␡")]
    [TestCase("a\u202eb\u2066c", "a\ufffdb\ufffdc")]
    [TestCase("a\u2028b\u0085c", "a\ufffdb\ufffdc")]
    [TestCase("a\u200bb", "a\ufffdb")]
    public void Text_ThatCouldMoveTheCursorOrTurnTheLine_IsMadeVisible(string text, string shown) => Assert.That(ShownText.Of(text), Is.EqualTo(shown));

    [Test]
    public void Text_WithHalfACharacter_IsMadeVisible() => Assert.That(ShownText.Of("a" + (char)0xD83C), Is.EqualTo("a\ufffd"));

    [TestCase("10 0 0 0", 20, "20 0 0 0")]
    [TestCase("5 0 0 5", 20, "10 0 0 10")]
    [TestCase("999999 1 0 0", 20, "19 1 0 0")]
    [TestCase("1 1 1 1000000", 20, "1 1 1 17")]
    [TestCase("0 0 0 0", 20, "0 0 0 0")]
    public void Bar_OfCounts_ShowsWhateverThereIs(string counts, int cells, string share) =>
        Assert.That(string.Join(' ', JobBar.Share([.. counts.Split(' ').Select(long.Parse)], cells)), Is.EqualTo(share));

    [Test]
    public void Bar_OfAnyCounts_IsAsWideAsItMay([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        long[] counts = [.. Enumerable.Range(0, 4).Select(_ => random.Next(3) == 0 ? 0 : (long)Math.Pow(10, random.Next(7)))];
        if (counts.Sum() > 0)
        {
            Assert.That(JobBar.Share(counts, 40).Sum(), Is.EqualTo(40), string.Join(' ', counts));
        }
    }
}
