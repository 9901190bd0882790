using Balsam.Storage.Embedded;
using CsCheck;

namespace Balsam.Core.Tests.Storage;

public sealed class StateMapTests
{
    private static readonly JobStateSet Any = JobStates.All;

    [Test]
    public void NextAndPrevious_AcrossPages_VisitEveryJobOnce()
    {
        long[] ids = [1, 2, StateMap.PageSize - 1, StateMap.PageSize, StateMap.PageSize + 1, (5L * StateMap.PageSize) - 1, 5L * StateMap.PageSize, 123_456];
        var map = new StateMap();
        foreach (long id in ids)
        {
            map.Set(id, JobState.Running);
        }

        Assert.That(Walk(0, at => map.Next(at, Any)), Is.EqualTo(ids));
        Assert.That(Walk(long.MaxValue, at => map.Previous(at, Any)), Is.EqualTo(ids.Reverse()));
    }

    [Test]
    public void NextAndPrevious_OfSomeStates_AgreeWithANaiveSearch() =>
        Gen.Select(Gen.Long[1, 4 * StateMap.PageSize], Gen.Int[1, 14]).Array[0, 40].Select(Gen.Int[1, 14], Gen.Int[1, 14]).Sample((jobs, one, other) =>
        {
            var map = new StateMap();
            SortedDictionary<long, JobState> naive = [];
            foreach ((long id, int state) in jobs)
            {
                map.Set(id, (JobState)state);
                naive[id] = (JobState)state;
            }

            var states = JobStateSet.Of((JobState)one, (JobState)other);
            long[] expected = [.. naive.Where(entry => states.Contains(entry.Value)).Select(entry => entry.Key)];
            return Walk(0, at => map.Next(at, states)).SequenceEqual(expected)
                && Walk(long.MaxValue, at => map.Previous(at, states)).SequenceEqual(expected.Reverse())
                && Enum.GetValues<JobState>().All(state => map.Count(state) == naive.Values.Count(value => value == state));
        });

    [Test]
    public void Set_OverAndOver_KeepsTheCounts()
    {
        var map = new StateMap();
        map.Set(7, JobState.Ready);
        map.Set(7, JobState.Running);
        map.Set(7, JobState.Running);
        map.Set(8, JobState.Running);
        map.Set(8, null);
        map.Set(9, null);
        Assert.That((map.Count(JobState.Ready), map.Count(JobState.Running), map[7], map[8], map[9]), Is.EqualTo((0L, 1L, (JobState?)JobState.Running, (JobState?)null, (JobState?)null)));
    }

    [Test]
    public void Pages_WrittenDownAndPutBack_AreTheSameMap()
    {
        var map = new StateMap();
        map.Set(3, JobState.Failed);
        map.Set((2L * StateMap.PageSize) + 5, JobState.Ready);
        var copy = new StateMap();
        for (int page = 0; page < map.PageCount; page++)
        {
            if (!map.GetPage(page).IsEmpty)
            {
                copy.LoadPage(page, map.GetPage(page).Span);
            }
        }

        Assert.That(map.GetPage(1).IsEmpty, Is.True);
        Assert.That(Walk(0, at => copy.Next(at, Any)), Is.EqualTo(new[] { 3, (2L * StateMap.PageSize) + 5 }));
        Assert.That((copy.Count(JobState.Failed), copy.Count(JobState.Ready)), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void LoadPage_OfWhatIsNoPage_IsRefused()
    {
        byte[] wrong = new byte[StateMap.PageSize];
        wrong[9] = 15;
        Assert.That(() => new StateMap().LoadPage(0, wrong), Throws.ArgumentException);
        Assert.That(() => new StateMap().LoadPage(0, new byte[10]), Throws.ArgumentException);
    }

    [TestCase(0)]
    [TestCase(StateMap.PageSize)]
    [TestCase(1_000_000_000_000)]
    [TestCase(long.MaxValue)]
    public void Index_OfANumberThatNobodyHas_IsNull(long id)
    {
        var map = new StateMap();
        map.Set(1, JobState.Ready);
        Assert.That(map[id], Is.Null);
        Assert.That(map.Next(Math.Max(id, 1), Any), Is.Zero);
        Assert.That(map.Previous(id, Any), Is.EqualTo(id == 0 ? 0 : 1));
    }

    [Test]
    public void NextAndPrevious_OfAnEmptyMap_AreNone() => Assert.That((new StateMap().Next(0, Any), new StateMap().Previous(long.MaxValue, Any)), Is.EqualTo((0L, 0L)));

    private static List<long> Walk(long from, Func<long, long> step)
    {
        List<long> seen = [];
        for (long at = step(from); at != 0; at = step(at))
        {
            seen.Add(at);
        }

        return seen;
    }
}
