namespace Balsam.Core.Tests.Submission;

/// <summary>What jobs bring in and give out, from the new job to the store, and what is refused at the door.</summary>
[TestFixture(StoreKind.InMemory)]
[TestFixture(StoreKind.LiteDb)]
public sealed class TransferSubmitTests(StoreKind kind)
{
    private SubmitSite _site = null!;

    [SetUp]
    public void SetUp() => _site = new SubmitSite(kind);

    [TearDown]
    public async Task TearDown() => await _site.DisposeAsync();

    [Test]
    public async Task Submit_OfFilledSlots_StoresTheTransfersInTheOrderOfTheSlots()
    {
        Job job = await _site.Client.SubmitAsync(
            Molecule().Transfer("results", "laptop:/out").Transfer("tree", "disk-2:/t").Transfer("basis", "https://host/sets/my%20basis.txt?v=1").Transfer("extra", "laptop:/a b/extra"));
        Assert.That(job.State, Is.EqualTo(JobState.Ready));
        Assert.That(job.Transfers, Is.EqualTo(new[]
        {
            Item("geometry", TransferDirection.In, "laptop:/a.xyz", "input.xyz"), Item("basis", TransferDirection.In, "https://host/sets/my%20basis.txt?v=1", "my basis.txt"),
            Item("extra", TransferDirection.In, "laptop:/a b/extra", "extra"), Item("tree", TransferDirection.In, "disk-2:/t", "data/tree") with { IsRecursive = true },
            Item("results", TransferDirection.Out, "laptop:/out", "out") with { IsRecursive = true, State = TransferState.AwaitingJob },
        }));
        Assert.That((await _site.Client.GetAsync(job.Id)).Transfers, Is.EqualTo(job.Transfers));
    }

    [Test]
    public async Task Submit_OfAnApplicationWithInputsFromParents_WaitsForThemInReady()
    {
        Job parent = await _site.Client.SubmitAsync(new NewJob("Norm"));
        Job alone = await _site.Client.SubmitAsync(new NewJob("Heir"));
        Job child = await _site.Client.SubmitAsync(new NewJob("Heir").After(parent));
        Assert.That((alone.State, alone.HasInputsFromParents, child.HasInputsFromParents, parent.HasInputsFromParents), Is.EqualTo((JobState.StagedIn, true, true, false)));
    }

    [Test]
    public async Task Submit_OfAnUnknownSlot_NamesThoseThereAre() => Assert.That(
        await ProblemAsync(Molecule().Transfer("results2", "laptop:/x")),
        Is.EqualTo((SubmitProblemKind.UnknownSlot, "'results2' is no transfer slot of the application. It has basis, extra, geometry, results, tree.")));

    [Test]
    public async Task Submit_OfASlotToAnApplicationWithoutAny_IsRefused() => Assert.That(
        await ProblemAsync(new NewJob("Norm").Transfer("in", "laptop:/x")), Is.EqualTo((SubmitProblemKind.UnknownSlot, "'in' is no transfer slot of the application. It has none.")));

    [Test]
    public async Task Submit_WithoutARequiredSlot_SaysWhatToWrite() => Assert.That(
        await ProblemAsync(new NewJob("Carry")),
        Is.EqualTo((SubmitProblemKind.MissingTransfer, "the transfer slot 'geometry' is not filled. Write .Transfer(\"geometry\", \"location:/absolute/path\") (the molecule).")));

    [TestCase("cluster:/a", SubmitProblemKind.UnknownLocation, "'cluster' is not a location of this site, which has disk-2, laptop.")]
    [TestCase("Laptop:/a", SubmitProblemKind.UnknownLocation, "'Laptop'")]
    [TestCase("ftp://host/a", SubmitProblemKind.BadTransfer, "'ftp' is not a scheme that jobs may name without a location; http, https are.")]
    [TestCase("file:///etc/passwd", SubmitProblemKind.BadTransfer, "'file' is not a scheme")]
    [TestCase("laptop:/a/../b", SubmitProblemKind.BadTransfer, "holds '.' or '..'")]
    [TestCase("laptop:/..", SubmitProblemKind.BadTransfer, "holds '.' or '..'")]
    [TestCase("laptop:/a/./b", SubmitProblemKind.BadTransfer, "holds '.' or '..'")]
    [TestCase("laptop:/a\0b", SubmitProblemKind.BadTransfer, "control character")]
    [TestCase("laptop:/a\nb", SubmitProblemKind.BadTransfer, "control character")]
    [TestCase("https://ada:secret@host/a", SubmitProblemKind.BadTransfer, "the URI names a user at host")]
    [TestCase("https://ada@host/a", SubmitProblemKind.BadTransfer, "the URI names a user at host")]
    public async Task Submit_OfABadAddress_SaysWhy(string address, SubmitProblemKind expected, string why)
    {
        (SubmitProblemKind problem, string message) = await ProblemAsync(new NewJob("Carry").Transfer("geometry", address));
        Assert.That(problem, Is.EqualTo(expected));
        Assert.That(message, Does.StartWith("transfer 'geometry': ").And.Contain(why));
        Assert.That(message, Does.Not.Contain("secret"));
    }

    [Test]
    public async Task Submit_OfAPathThatIsNotUnicode_IsRefused() =>
        Assert.That((await ProblemAsync(new NewJob("Carry").Transfer("geometry", "laptop:/a\ud800"))).Message, Does.Contain("not valid Unicode"));

    [Test]
    public async Task Submit_OfAUriToGiveFilesOut_IsRefused() => Assert.That(
        await ProblemAsync(Molecule().Transfer("results", "https://host/out")),
        Is.EqualTo((SubmitProblemKind.BadTransfer, "transfer 'results': files go out to locations of the site only, not to a URI (https://host/out). The site has disk-2, laptop.")));

    [Test]
    public async Task Submit_OfALongAddress_SaysWhatIsAllowed() => Assert.That(
        (await ProblemAsync(new NewJob("Carry").Transfer("geometry", "laptop:/" + new string('a', 4096)))).Message, Does.EndWith("the address has 4097 characters; 4096 are allowed."));

    [TestCase("laptop:/")]
    [TestCase("laptop:/dir/")]
    [TestCase("https://host/")]
    [TestCase("https://host/a%2Fb")]
    [TestCase("https://host/%2E%2E%2Fb")]
    public async Task Submit_OfAnAddressWithoutAFileName_IsRefusedWhereTheFileKeepsIt(string address) => Assert.That(
        (await ProblemAsync(Molecule().Transfer("basis", address))).Message, Does.Contain("cannot be the name of a file in the workdir"));

    [TestCase("laptop:/x/same", "disk-2:/same", "same")]
    [TestCase("laptop:/x/input.xyz", "disk-2:/other", "input.xyz")]
    public async Task Submit_OfTwoFilesOfOneName_IsRefused(string basis, string extra, string name) => Assert.That(
        await ProblemAsync(Molecule().Transfer("basis", basis).Transfer("extra", extra)),
        Is.EqualTo((SubmitProblemKind.BadTransfer, $"the transfers '{(name == "same" ? "basis" : "geometry")}' and '{(name == "same" ? "extra" : "basis")}' would all be written to '{name}'. Give them files of different names.")));

    [Test]
    public void Transfer_OfSomethingElse_IsRefusedAtOnce()
    {
        foreach (string address in (string[])["", "laptop", "laptop:", "laptop:relative", ":/a", "/a", "://host/a"])
        {
            Assert.That(() => new NewJob("Carry").Transfer("geometry", address), Throws.TypeOf<FormatException>().With.Message.Contains("location:/absolute/path"), address);
        }
    }

    [TestCase("laptop:/a://b")]
    [TestCase("laptop:/ü 🌲")]
    [TestCase("https://host/a%20b?q=1")]
    public void TransferAddress_AsText_ReadsBack(string text)
    {
        var address = TransferAddress.Parse(text);
        Assert.That(address.ToString(), Is.EqualTo(text));
        Assert.That(TransferAddress.Parse(address.ToString()), Is.EqualTo(address));
        Assert.That(address.Location, Is.EqualTo(text.StartsWith("laptop", StringComparison.Ordinal) ? "laptop" : null));
    }

    [Test]
    public async Task Check_OfAStoredJob_NamesWhatItBringsFromElsewhere()
    {
        await _site.Client.SubmitAsync(Molecule().Transfer("tree", "disk-2:/t").WithKey("k"));
        SubmitCheck check = await _site.Client.CheckAsync(new NewJob("Carry").Transfer("geometry", "laptop:/b.xyz").Transfer("results", "laptop:/out").WithKey("k"));
        Assert.That(check.Jobs[0].Differences, Is.EqualTo(new[]
        {
            new SubmitDifference("transfers.geometry", "laptop:/a.xyz", "laptop:/b.xyz"), new("transfers.results", null, "laptop:/out"), new("transfers.tree", "disk-2:/t", null),
        }));
        Assert.That((await _site.Client.CheckAsync(Molecule().Transfer("tree", "disk-2:/t").WithKey("k"))).Different, Is.Zero);
    }

    private static NewJob Molecule() => new NewJob("Carry").Transfer("geometry", "laptop:/a.xyz");

    private static TransferItem Item(string slot, TransferDirection direction, string remote, string localPath) =>
        new() { Slot = slot, Direction = direction, Remote = TransferAddress.Parse(remote), LocalPath = localPath, State = TransferState.Pending };

    private async Task<(SubmitProblemKind Kind, string Message)> ProblemAsync(NewJob job)
    {
        (long, long, long) before = await _site.ExtentAsync();
        SubmitRefusedException? refused = await Assert.ThrowsAsync<SubmitRefusedException>(() => _site.Client.SubmitAsync(job));
        Assert.That((await _site.Client.CheckAsync(job)).Problems, Is.EqualTo(refused!.Problems));
        Assert.That(await _site.ExtentAsync(), Is.EqualTo(before));
        SubmitProblem problem = refused.Problems.Single();
        return (problem.Kind, problem.Message);
    }
}
