using Balsam.Reports.Charts;

namespace Balsam.Reports.Tests.Charts;

[TestFixture]
public sealed class AxisTests
{
    [TestCase(1.7, "seconds", "0 0.2 0.4 0.6 0.8 1 1.2 1.4 1.6")]
    [TestCase(100, "seconds", "0 10 20 30 40 50 60 70 80 90 100")]
    [TestCase(1000, "minutes", "0 2 4 6 8 10 12 14 16")]
    [TestCase(86_400, "hours", "0 2 4 6 8 10 12 14 16 18 20 22 24")]
    [TestCase(30 * 86_400, "days", "0 5 10 15 20 25 30")]
    public void Elapsed_OfALength_HasRoundMarksInItsUnit(double seconds, string unit, string labels)
    {
        var axis = Axis.Elapsed(seconds, 0, 1000);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(axis.Unit, Is.EqualTo(unit));
            Assert.That(string.Join(' ', axis.Ticks.Select(tick => tick.Label)), Is.EqualTo(labels));
            Assert.That(axis.At(seconds), Is.EqualTo(1000));
        }
    }

    [TestCase(0, "0 1")]
    [TestCase(1, "0 1")]
    [TestCase(8, "0 2 4 6 8")]
    [TestCase(103, "0 50 100")]
    [TestCase(98_001, "0 50,000 100,000")]
    public void Counts_UpToANumber_HasWholeMarks(double most, string labels) =>
        Assert.That(string.Join(' ', Axis.Counts(most, 200, 0).Ticks.Select(tick => tick.Label)), Is.EqualTo(labels));

    [Test]
    public void Durations_OfManyMagnitudes_SpreadsThemByTheirLogarithm()
    {
        var axis = Axis.Durations(0.02, 8, 0, 300);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(axis.Ticks.Select(tick => tick.Label), Is.EqualTo(new[] { "10 ms", "0.1 s", "1 s", "10 s" }));
            Assert.That(axis.At(0.1), Is.EqualTo(100).Within(1e-9));
            Assert.That(axis.At(1), Is.EqualTo(200).Within(1e-9));
            Assert.That(axis.At(0), Is.Zero, "what took no time is at the edge");
        }
    }

    [Test]
    public void Axis_OfAnyLength_HasFewMarksInOrder()
    {
        for (double length = 0.001; length < 1e9; length *= 1.37)
        {
            foreach (Axis axis in (Axis[])[Axis.Elapsed(length, 0, 1000), Axis.Rates(length, 0, 1000, ""), Axis.Counts(length, 0, 1000), Axis.Durations(length / 50, length, 0, 1000)])
            {
                Assert.That(axis.Ticks, Has.Count.InRange(1, 13), $"{length}");
                Assert.That(axis.Ticks.Select(tick => axis.At(tick.Value)), Is.Ordered.Ascending.And.Unique, $"{length}");
                Assert.That(axis.Ticks.Select(tick => tick.Label), Is.Unique, $"{length}");
            }
        }
    }
}
