using Balsam.Reports.Charts;
using CsCheck;

namespace Balsam.Reports.Tests.Charts;

[TestFixture]
public sealed class LayoutTests
{
    private static readonly Gen<(double From, double To, int Lanes)[]> Runs =
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 20], Gen.Int[1, 5], (from, length, lanes) => ((double)from, (double)from + length, lanes)).Array[0, 40];

    private static readonly Gen<(int, int)[]> Edges =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 19], (a, b) => (Math.Min(a, b), Math.Max(a, b))).Where(edge => edge.Item1 != edge.Item2).Array[0, 60];

    [Test]
    public void Assign_OfAnyRuns_NeverPutsTwoOnOneLaneAtATime() => Runs.Sample(made =>
    {
        (double From, double To, int Lanes)[] runs = [.. made.OrderBy(run => run.From)];
        (int[] first, int count) = Lanes.Assign(runs);
        for (int i = 0; i < runs.Length; i++)
        {
            Assert.That(first[i] + runs[i].Lanes, Is.LessThanOrEqualTo(count));
            for (int j = 0; j < i; j++)
            {
                bool meetInTime = runs[j].From < runs[i].To && runs[i].From < runs[j].To;
                bool meetInLanes = first[j] < first[i] + runs[i].Lanes && first[i] < first[j] + runs[j].Lanes;
                Assert.That(meetInTime && meetInLanes, Is.False, $"runs {j} and {i}");
            }
        }
    });

    [Test]
    public void Assign_OfRunsOfOneCore_NeedsNoMoreLanesThanRunAtATime() => Runs.Sample(made =>
    {
        (double From, double To, int Lanes)[] runs = [.. made.Select(run => (run.From, run.To + 1, 1)).OrderBy(run => run.From)];
        int most = runs.Select(run => runs.Count(other => other.From <= run.From && run.From < other.To)).DefaultIfEmpty(0).Max();
        Assert.That(Lanes.Assign(runs).Count, Is.EqualTo(most));
    });

    [Test]
    public void Levels_OfAnyGraph_AreOneMoreThanThatOfTheDeepestParent() => Edges.Sample(edges =>
    {
        int[] levels = GraphLayout.Levels(20, edges);
        for (int node = 0; node < 20; node++)
        {
            Assert.That(levels[node], Is.EqualTo(edges.Where(edge => edge.Item2 == node).Select(edge => levels[edge.Item1] + 1).DefaultIfEmpty(0).Max()));
        }
    });

    [Test]
    public void Levels_OfACircle_Ends() => Assert.That(GraphLayout.Levels(3, [(0, 1), (1, 2), (2, 1)]), Is.EqualTo(new[] { 0, 1, 0 }));

    [Test]
    public void Rows_OfAnyGraph_AreARowApartInEachColumn() => Edges.Sample(edges =>
    {
        int[] levels = GraphLayout.Levels(20, edges);
        double[] rows = GraphLayout.Rows(levels, edges);
        Assert.That(rows.Min(), Is.Zero);
        foreach (IGrouping<int, int> column in Enumerable.Range(0, 20).GroupBy(node => levels[node]))
        {
            double[] sorted = [.. column.Select(node => rows[node]).Order()];
            Assert.That(sorted.Zip(sorted.Skip(1), (upper, lower) => lower - upper), Is.All.GreaterThanOrEqualTo(1 - 1e-9));
        }
    });

    [Test]
    public void Rows_OfTwoChainsGivenCrossed_DoNotCross()
    {
        // 0 → 3 and 1 → 2, given so that straight columns would cross.
        double[] rows = GraphLayout.Rows([0, 0, 1, 1], [(0, 3), (1, 2)]);
        Assert.That(Math.Sign(rows[0] - rows[1]), Is.EqualTo(Math.Sign(rows[3] - rows[2])));
    }

    [Test]
    public void Apart_OfWishesThatCollide_PoolsThemAroundTheirMean() =>
        Assert.That(GraphLayout.Apart([0, 5, 5, 5, 20]), Is.EqualTo(new[] { 0.0, 4, 5, 6, 20 }).Within(1e-9));
}
