using CsCheck;

namespace Balsam.Core.Tests.Analytics;

internal sealed class StepSeriesTests
{
    private static readonly Gen<StepSeries> Some = Gen.Select(Gen.Int[1, 50], Gen.Int[0, 9]).Array[0, 400].Select(steps =>
    {
        int at = 0;
        return new StepSeries([.. steps.Select(step => new StepPoint(Campaign.At(at += step.Item1), step.Item2))]);
    });

    [Test]
    public void ValueAt_BetweenPoints_IsThatOfTheLastOne()
    {
        var series = new StepSeries([new(Campaign.At(10), 3), new(Campaign.At(20), 5)]);
        Assert.That(new[] { 9.999, 10, 19.999, 20, 1e6 }.Select(at => series.ValueAt(Campaign.At(at))), Is.EqualTo(new[] { 0, 3, 3, 5, 5 }));
        Assert.That(series.Max, Is.EqualTo(5));
        Assert.That(series.ToString(), Is.EqualTo("2 points, 3 to 5, at most 5"));
    }

    [Test]
    public void Mean_OverATime_WeighsEachValueByHowLongItHeld()
    {
        var series = new StepSeries([new(Campaign.At(10), 3), new(Campaign.At(20), 5)]);
        Assert.That(series.Mean(Campaign.At(0), Campaign.At(40)), Is.EqualTo((0 + 30 + 100) / 40.0));
        Assert.That(series.Mean(Campaign.At(15), Campaign.At(15)), Is.EqualTo(3));
        Assert.That(() => series.Mean(Campaign.At(2), Campaign.At(1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Mean_OfAnySeries_IsTheMeanOfItsSeconds() => Gen.Select(Some, Gen.Int[0, 500], Gen.Int[1, 500]).Sample((series, start, length) =>
    {
        double plain = Enumerable.Range(start, length).Average(second => series.ValueAt(Campaign.At(second)));
        Assert.That(series.Mean(Campaign.At(start), Campaign.At(start + length)), Is.EqualTo(plain).Within(1e-9));
    });

    [Test]
    public void Thin_OfAnySeries_KeepsEndsExtremesAndTheValueAtTheEndOfEachStretch() => Gen.Select(Some, Gen.Int[4, 60]).Sample((series, most) =>
    {
        StepSeries thin = series.Thin(most);
        Assert.That(thin.Points, Is.SubsetOf(series.Points));
        Assert.That(thin.Points, Has.Count.LessThanOrEqualTo(most));
        if (series.Points.Count > most)
        {
            Assert.That((thin.Points[0], thin.Points[^1], thin.Max, thin.Points.Min(point => point.Value)),
                Is.EqualTo((series.Points[0], series.Points[^1], series.Max, series.Points.Min(point => point.Value))));
            int stretches = (most - 1) / 3;
            double length = (series.Points[^1].At - series.Points[0].At).TotalMilliseconds / stretches;
            for (int stretch = 1; stretch < stretches; stretch++)
            {
                DateTimeOffset end = series.Points[0].At.AddMilliseconds((stretch * length) - 0.5);
                Assert.That(thin.ValueAt(end), Is.EqualTo(series.ValueAt(end)));
            }
        }
        else
        {
            Assert.That(thin, Is.SameAs(series));
        }
    });

    // As a fraction, 7 × (49 s / 49) falls short of 7 s: the point there would count to the stretch before it.
    [Test]
    public void Thin_PointWhereAStretchBegins_BelongsToIt([Range(2, 60)] int stretches)
    {
        var series = new StepSeries([.. Enumerable.Range(0, (stretches * 7) + 1).Select(second => new StepPoint(Campaign.At(second), second))]);
        StepSeries thin = series.Thin((stretches * 3) + 1);
        Assert.That(Enumerable.Range(1, stretches - 1).Select(stretch => thin.ValueAt(Campaign.At((stretch * 7) - 0.001))), Is.EqualTo(Enumerable.Range(1, stretches - 1).Select(stretch => (stretch * 7) - 1)));
    }

    [Test]
    public void New_WithPointsOutOfOrder_IsRefused() =>
        Assert.That(() => new StepSeries([new(Campaign.At(10), 3), new(Campaign.At(10), 5)]), Throws.ArgumentException.With.Message.Contains("Point 1"));

    [Test]
    public void Equals_OfTheSamePoints_Holds()
    {
        StepSeries[] series = [.. new[] { 1, 1, 2 }.Select(value => new StepSeries([new(Campaign.Noon, value)]))];
        Assert.That((series[0] == series[1], series[0] == series[2], series[0].GetHashCode() == series[1].GetHashCode()), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void Quantiles_OfOneToTen_AreByNearestRank()
    {
        var quantiles = DurationQuantiles.Of(Enumerable.Range(1, 10).Reverse().Select(second => TimeSpan.FromSeconds(second)));
        Assert.That(
            (quantiles.Count, quantiles.Mean, quantiles.P10, quantiles.P50, quantiles.P90, quantiles.P99, quantiles.Max),
            Is.EqualTo((10, Sec(5.5), Sec(1), Sec(5), Sec(9), Sec(10), Sec(10))));
    }

    [Test]
    public void Quantiles_OfAnyDurations_LeaveTheirShareBelow() => Gen.Int[0, 100].Array[1, 300].Sample(seconds =>
    {
        var quantiles = DurationQuantiles.Of(seconds.Select(second => Sec(second)));
        foreach ((int percent, TimeSpan quantile) in new[] { (10, quantiles.P10), (50, quantiles.P50), (90, quantiles.P90), (99, quantiles.P99) })
        {
            Assert.That(seconds.Count(second => Sec(second) <= quantile) * 100, Is.GreaterThanOrEqualTo(percent * seconds.Length));
            Assert.That(seconds.Count(second => Sec(second) < quantile) * 100, Is.LessThan(percent * seconds.Length));
        }
    });

    private static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);
}
