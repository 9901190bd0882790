using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Balsam.Core.Tests.Submission;

/// <summary>Slots that an application cannot have, and places that a site cannot.</summary>
public sealed class TransferSetupTests
{
    [Test]
    public void Definition_WithBadSlots_NamesEachProblem()
    {
        using ServiceProvider services = Services(balsam => balsam.AddApplication<Careless>());
        IReadOnlyList<string> problems = Assert.Throws<ConfigurationException>(() => _ = services.GetRequiredService<ApplicationRegistry>().All)!.Problems;
        Assert.That(problems, Is.EqualTo(new[]
        {
            "the local path of the transfer slot 'absolute' '/etc/passwd' is absolute; it must be relative to the workdir.",
            "the local path of the transfer slot 'drive' 'C:a' is absolute; it must be relative to the workdir.",
            "the local path of the transfer slot 'up' 'a/../../b' holds an empty name, '.' or '..'; name a place inside the workdir directly.",
            "the local path of the transfer slot 'gap' 'a//b' holds an empty name, '.' or '..'; name a place inside the workdir directly.",
            "the local path of the transfer slot 'empty' is empty; name a file or directory in the workdir, or '.' for the workdir itself.",
            "the local path of the transfer slot 'nul' holds a control character, a backslash, or half a surrogate pair; separate its parts with '/'.",
            "the local path of the transfer slot 'long' holds a name longer than 255 bytes.",
            "the local path of the transfer slot 'longer' has 1025 characters; 1024 are allowed.",
            "the transfer slot ' ' needs a name of 1 to 100 characters, none of them a control character.",
            "the transfer slot 'neither' goes neither in nor out. Write TransferSlot.In or TransferSlot.Out.",
            "the transfer slot 'all' gives out the workdir itself, which is a directory. Set IsRecursive, or name a file.",
            "declares the transfer slot 'twice' twice.",
            "the transfer slots 'twice' and 'same' are all written to 'x'. Give each its own local path.",
        }.Select(problem => $"Application 'Careless': {problem}")));
    }

    [Test]
    public void Definition_WithTwoSlotsInTheWorkdirItself_IsSound()
    {
        using ServiceProvider services = Services(balsam => balsam.AddApplication<Carry>());
        Assert.That(services.GetRequiredService<ApplicationRegistry>().All.Single().TransferSlots, Has.Count.EqualTo(5));
    }

    [Test]
    public void AddTransferLocation_Twice_KeepsTheLast()
    {
        using ServiceProvider services = Services(balsam => balsam.AddTransferLocation("laptop", "sftp://old/x").AddTransferLocation("laptop", "sftp://ada@laptop/home/ada").AddTransferLocation("disk", "file:///archive"));
        TransferOptions options = services.GetRequiredService<IOptions<TransferOptions>>().Value;
        Assert.That(options.Locations.Select(location => (location.Key, location.Value.ToString())), Is.EquivalentTo(new[] { ("laptop", "sftp://ada@laptop/home/ada"), ("disk", "file:///archive") }));
    }

    [Test]
    public void AddTransferLocation_ThatIsNoUri_IsRefused() =>
        Assert.That(() => Services(balsam => balsam.AddTransferLocation("laptop", "laptop/home")), Throws.ArgumentException.With.Message.StartsWith("'laptop/home' is no absolute URI."));

    [TestCase("a b", "sftp://host/", "'a b' is not a name of a transfer location")]
    [TestCase("a:b", "sftp://host/", "'a:b' is not a name of a transfer location")]
    [TestCase("-a", "sftp://host/", "'-a' is not a name of a transfer location")]
    [TestCase("https", "https://host/", "A transfer location cannot be called 'https'")]
    [TestCase("file", "file:///x", "A transfer location cannot be called 'file'")]
    [TestCase("laptop", "sftp://ada:hunter22@host/", "holds a password")]
    [TestCase("laptop", "https://host/?token=1", "has a query or a fragment")]
    public void Locations_ThatCannotBeUsed_AreRefusedAtTheStart(string name, string uri, string problem)
    {
        string message = Refused(options => options.Locations[name] = new Uri(uri));
        Assert.That(message, Does.Contain(problem));
        Assert.That(message, Does.Not.Contain("hunter22"));
    }

    [Test]
    public void Options_OutOfRange_AreRefusedAtTheStart()
    {
        Assert.That(Refused(options => options.MaxConcurrentBatches = 0), Does.Contain("TransferOptions.MaxConcurrentBatches is 0; set it to 1 or more."));
        Assert.That(Refused(options => options.BatchSize = 0), Does.Contain("BatchSize"));
        Assert.That(Refused(options => options.MaxAttempts = -1), Does.Contain("MaxAttempts"));
        Assert.That(Refused(options => options.RetryDelay = TimeSpan.FromSeconds(-1)), Does.Contain("RetryDelay"));
        Assert.That(Refused(options => options.LongestRetryDelay = TimeSpan.FromSeconds(-1)), Does.Contain("LongestRetryDelay"));
        Assert.That(Refused(options => options.LocalMode = 0), Does.Contain("LocalMode"));
        Assert.That(Refused(options => options.OpenSchemes.Add("a b")), Does.Contain("'a b', which is no scheme"));
        Assert.That(Refused(options => options.Locations["a"] = new Uri("relative", UriKind.Relative)), Does.Contain("no absolute URI"));
    }

    private static string Refused(Action<TransferOptions> configure)
    {
        using ServiceProvider services = Services(balsam => balsam.ConfigureTransfers(configure));
        return Assert.Throws<OptionsValidationException>(() => _ = services.GetRequiredService<IOptions<TransferOptions>>().Value)!.Failures.Single();
    }

    private static ServiceProvider Services(Action<IBalsamBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam => configure(balsam.UseInMemory()));
        return services.BuildServiceProvider();
    }

    private sealed class Careless : ApplicationDefinition
    {
        public override CommandTemplate Command => "careless";

        public override IReadOnlyList<TransferSlot> TransferSlots =>
        [
            TransferSlot.In("absolute", "/etc/passwd"), TransferSlot.Out("drive", "C:a"), TransferSlot.In("up", "a/../../b"), TransferSlot.In("gap", "a//b"), TransferSlot.In("empty", ""),
            TransferSlot.In("nul", "a\0b"), TransferSlot.In("long", new string('x', 256)), TransferSlot.In("longer", new string('x', 1025)), TransferSlot.In(" ", "blank"),
            new TransferSlot("neither", (TransferDirection)3, "n"), TransferSlot.Out("all", "."), TransferSlot.In("twice", "x"), TransferSlot.Out("twice", "x"), TransferSlot.In("same", "x"),
        ];
    }
}
