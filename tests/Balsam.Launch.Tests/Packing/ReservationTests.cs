using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class ReservationTests
{
    private static readonly PackingCandidate Holder = new(1, Make.WholeNodes(3));

    [Test]
    public void Keeps_NodesBeyond64_KnowsEachApart()
    {
        var reservation = new Reservation(Holder, [3, 70, 191], 3);
        Assert.That(Enumerable.Range(0, 192).Where(reservation.Keeps), Is.EqualTo([3, 70, 191]));
    }

    [Test]
    public void Exchange_NodesBeyond64_KeepsTheOtherInstead()
    {
        var reservation = new Reservation(Holder, [3, 70, 191], 3) { IsStale = false };
        reservation.Exchange(1, 130);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Enumerable.Range(0, 192).Where(reservation.Keeps), Is.EqualTo([3, 130, 191]));
            Assert.That(reservation.Nodes, Is.EqualTo([3, 130, 191]));
            Assert.That(reservation.IsStale, Is.True);
        }
    }

    [TestCase(70, true, true, false)]
    [TestCase(70, false, true, true)]
    [TestCase(6, false, false, false)]
    public void Touch_Node_IsStaleWhenKeptAndBrokenWhenTaken(int node, bool keepsIt, bool stale, bool broken)
    {
        var reservation = new Reservation(Holder, [3, 70, 191], 3) { IsStale = false };
        reservation.Touch(node, keepsIt);
        Assert.That((reservation.IsStale, reservation.IsBroken), Is.EqualTo((stale, broken)));
    }

    [Test]
    public void Touch_TakenTwice_StaysBroken()
    {
        var reservation = new Reservation(Holder, [3], 1);
        reservation.Touch(3, keepsIt: false);
        reservation.Touch(3, keepsIt: false);
        Assert.That(reservation.IsBroken, Is.True);
    }

    [TestCase(1, 3, true)]
    [TestCase(2, 3, false)]
    [TestCase(1, 2, false)]
    public void IsFor_Candidate_SameJobWithTheSameRequest(long id, int nodes, bool expected) =>
        Assert.That(new Reservation(Holder, [3], 1).IsFor(new PackingCandidate(id, Make.WholeNodes(nodes))), Is.EqualTo(expected));
}
