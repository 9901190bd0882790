namespace Balsam.Reports.Tests;

[TestFixture]
public sealed class WordsTests
{
    [TestCase(0, "0 s")]
    [TestCase(0.0844, "84 ms")]
    [TestCase(0.9996, "1 s")]
    [TestCase(12.34, "12.3 s")]
    [TestCase(59.96, "1 min")]
    [TestCase(245, "4 min 5 s")]
    [TestCase(3599.6, "1 h")]
    [TestCase(12_000, "3 h 20 min")]
    [TestCase(86_399, "1 d")]
    [TestCase(180_000, "2 d 2 h")]
    public void Duration_OfSeconds_IsSaidInTwoUnits(double seconds, string expected) => Assert.That(Words.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));

    [TestCase(1, "1 job")]
    [TestCase(0, "0 jobs")]
    [TestCase(12_345, "12,345 jobs")]
    public void Count_OfThings_HasTheRightNumber(long count, string expected) => Assert.That(Words.Count(count, "job"), Is.EqualTo(expected));

    [TestCase("short", 5, "short")]
    [TestCase("much longer", 5, "mu…er")]
    [TestCase("much longer", 1, "…")]
    public void Short_OfAName_CutsItsMiddle(string name, int longest, string expected) => Assert.That(Words.Short(name, longest), Is.EqualTo(expected));
}
