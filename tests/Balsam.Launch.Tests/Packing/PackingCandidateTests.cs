using Balsam.Launch.Packing;

namespace Balsam.Launch.Tests.Packing;

public sealed class PackingCandidateTests
{
    private static readonly PackingCandidate Candidate = new(1, Make.Cores(2, 10), 3) { PathBehind = TimeSpan.FromMinutes(4) };

    private static readonly PackingCandidate[] Others =
    [
        Candidate with { Id = 2 }, Candidate with { Resources = Make.Cores(3, 10) }, Candidate with { Priority = 4 }, Candidate with { PathBehind = TimeSpan.FromMinutes(5) },
    ];

    [TestCaseSource(nameof(Others))]
    public void Equals_SomethingDiffers_False(PackingCandidate other) => Assert.That(Candidate, Is.Not.EqualTo(other));

    [Test]
    public void Equals_OneHasBeenOfferedAlready_StillTrue()
    {
        PackingCandidate offered = Candidate with { Resources = Make.Cores(2, 10) };
        Make.Pack(Make.Inventory(1, 1), [offered]);
        Assert.That((Candidate.Equals(offered), Candidate.GetHashCode()), Is.EqualTo((true, offered.GetHashCode())));
    }
}
