using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Core.Tests.Applications;

/// <summary>What is put in the place of secrets, and what is said when they cannot be had.</summary>
public sealed class SecretKeeperTests
{
    private const string Value = "it's a \"s3cret\"-0123";
    private Source _source = null!;
    private ServiceProvider _services = null!;
    private SecretKeeper _keeper = null!;

    [SetUp]
    public void SetUp()
    {
        _source = new Source();
        var services = new ServiceCollection();
        services.AddBalsam(balsam => balsam.UseInMemory().AddApplication<Needy>());
        _services = services.BuildServiceProvider();
        _keeper = new SecretKeeper(_services.GetRequiredService<ApplicationRegistry>(), _source);
        _source.Values["Needy:Token"] = Value;
    }

    [TearDown]
    public async Task TearDown() => await _services.DisposeAsync();

    [TestCase("", ExpectedResult = "")]
    [TestCase("nothing of it", ExpectedResult = "nothing of it")]
    [TestCase("a " + Value + " b " + Value, ExpectedResult = "a [secret Needy:Token] b [secret Needy:Token]")]
    [TestCase("in JSON: \"it's a \\\"s3cret\\\"-0123\"", ExpectedResult = "in JSON: \"[secret Needy:Token]\"")]
    [TestCase("in a command: 'it'\\''s a \"s3cret\"-0123'", ExpectedResult = "in a command: '[secret Needy:Token]'")]
    [TestCase("cut it's a \"s3c…", ExpectedResult = "cut [secret Needy:Token]…")]
    [TestCase("…cret\"-0123 follows", ExpectedResult = "…[secret Needy:Token] follows")]
    [TestCase("too little to tell it'…", ExpectedResult = "too little to tell it'…")]
    public string Mask_GivesTheNameInPlaceOfTheValue(string text)
    {
        Assert.That(_keeper.Refresh(), Is.Empty);
        return _keeper.Mask(text);
    }

    [Test]
    public void Mask_AKeyOfSeveralLines_MasksEachOfThem()
    {
        _source.Values["Needy:Token"] = "first-line-of-it\r\nshort\nsecond-line-of-it\n";
        _ = _keeper.Refresh();
        Assert.That(_keeper.Mask("x second-line-of-it, short, first-line-of-it"), Is.EqualTo("x [secret Needy:Token], short, [secret Needy:Token]"));
    }

    [Test]
    public void Mask_AfterARotation_KnowsTheEarlierValueToo()
    {
        _ = _keeper.Refresh();
        _source.Values["Needy:Token"] = "the-next-value";
        ApplicationDescriptor application = _services.GetRequiredService<ApplicationRegistry>().All.Single();
        Assert.That(_keeper.For(application), Is.EqualTo(new[] { KeyValuePair.Create("TOKEN", "the-next-value") }));
        Assert.That(_keeper.Mask($"{Value} the-next-value"), Is.EqualTo("[secret Needy:Token] [secret Needy:Token]"));
    }

    [Test]
    public void Mask_AFailure_MasksAllOfIt()
    {
        _ = _keeper.Refresh();
        var failure = new FailureDetails { Kind = FailureKind.Exception, Message = Value, Stack = Value, LastLines = [Value], Inner = new FailureDetails { Kind = FailureKind.Exception, Message = Value } };
        FailureDetails masked = _keeper.Mask(failure);
        Assert.That(
            (masked.Message, masked.Stack, masked.LastLines[0], masked.Inner!.Message), Is.EqualTo(("[secret Needy:Token]", "[secret Needy:Token]", "[secret Needy:Token]", "[secret Needy:Token]")));
    }

    [TestCase(null, "which this host does not know. Set it in the host's configuration or environment")]
    [TestCase("", "which this host does not know.")]
    [TestCase("s3cret7", "which is shorter than 8 characters")]
    [TestCase("a nul \0 in it", "which holds a NUL character")]
    public void For_AValueThatCannotBeUsed_SaysWhichAndWhatToDo_AndDoesNotTellIt(string? value, string reason)
    {
        _source.Values["Needy:Token"] = value;
        ApplicationDescriptor application = _services.GetRequiredService<ApplicationRegistry>().All.Single();
        BalsamException? refusal = Assert.Throws<BalsamException>(() => _ = _keeper.For(application).ToArray());
        Assert.That(refusal!.Message, Does.StartWith("Application 'Needy' gives its jobs the secret 'Needy:Token' as TOKEN, ").And.Contain(reason).And.EndWith("Then restart the job."));
        Assert.That(string.IsNullOrEmpty(value) || !refusal.Message.Contains(value, StringComparison.Ordinal), Is.True);
        Assert.That(_keeper.Refresh(), Has.Count.EqualTo(1));
    }

    [Test]
    public void For_ASourceThatThrows_TellsTheTypeAlone()
    {
        _source.Fault = new IOException("vault:hunter2@example");
        Assert.That(_keeper.Refresh().Single(), Does.Contain("failed with IOException").And.Not.Contain("hunter2"));
    }

    [Test]
    public async Task Submit_OfASecret_IsRefusedWithoutTellingIt()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ISecretSource>(_source);
        services.AddBalsam(balsam => balsam.UseInMemory().AddApplication<Needy>().AddTransferLocation("laptop", "sftp://laptop/"));
        await using ServiceProvider provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<BalsamClient>();
        foreach (NewJob job in (NewJob[])[
            new NewJob("Needy").With("a", $"x{Value}"), new NewJob("Needy").With("a", "x").WithData("d", new[] { Value }), new NewJob("Needy").With("a", "x").Tag("t", Value), new NewJob("Needy").With("a", "x").WithKey(Value),
            new NewJob("Needy", Value).With("a", "x"), new NewJob("Needy").With("a", "x").Transfer("in", $"https://host/a?token={Value}"), new NewJob("Needy").With("a", "x").Transfer("in", $"laptop:/{Value}"),
            new NewJob("Needy").With("a", "x").Transfer("in", $"https://host/a?token={Uri.EscapeDataString(Value)}")])
        {
            SubmitRefusedException? refusal = await Assert.ThrowsAsync<SubmitRefusedException>(() => client.SubmitAsync(job));
            Assert.That(refusal!.ToString(), Does.Contain("would store the value of the secret 'Needy:Token' in clear").And.Not.Contain("s3cret"));
        }

        Job stored = await client.SubmitAsync(new NewJob("Needy").With("a", "x"));
        ChangeReport report = await client.UpdateAsync(stored.Id, edit => edit.SetParameter("a", Value));
        Assert.That(report.ToString(), Does.Not.Contain("s3cret"));
        Assert.That((await client.GetAsync(stored.Id)).Parameters.Get<string>("a"), Is.EqualTo("x"));
    }

    private sealed class Needy : ApplicationDefinition
    {
        public override CommandTemplate Command => "needy {{ a }}";

        public override IReadOnlyList<TransferSlot> TransferSlots => [TransferSlot.In("in", "in") with { IsRequired = false }];

        public override IReadOnlyDictionary<string, string> SecretVariables => new Dictionary<string, string> { ["TOKEN"] = "Needy:Token" };
    }

    private sealed class Source : ISecretSource
    {
        public Dictionary<string, string?> Values { get; } = [];

        public Exception? Fault { get; set; }

        public string? Find(string name) => Fault is null ? Values.GetValueOrDefault(name) : throw Fault;
    }
}
