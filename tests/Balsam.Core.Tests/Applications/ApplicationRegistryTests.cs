using Balsam.Testing;
using Microsoft.Extensions.DependencyInjection;
using DescriptionAttribute = System.ComponentModel.DescriptionAttribute;

namespace Balsam.Core.Tests.Applications;

/// <summary>Names, former names, and what a client records of applications.</summary>
public sealed class ApplicationRegistryTests
{
    [Test]
    public void TryGet_PresentOrFormerName_GivesTheApplication()
    {
        using ServiceProvider services = Services(balsam => balsam.AddApplication<Renamed>().AddApplication<Plain>());
        ApplicationRegistry registry = services.GetRequiredService<ApplicationRegistry>();
        foreach (string name in (string[])["renamed-2", "renamed-1", "Old"])
        {
            Assert.That(registry.TryGet(name, out ApplicationDescriptor? application), Is.True, name);
            Assert.That(application!.Type, Is.EqualTo(typeof(Renamed)));
        }

        Assert.That(registry.TryGet("Renamed", out _), Is.False, "the class name, which [ApplicationName] replaces");
        Assert.That(registry.All.Select(application => application.Type), Is.EquivalentTo(new[] { typeof(Renamed), typeof(Plain) }));
    }

    [Test]
    public void FormerName_ThatIsTheNameOfAnother_IsRefusedNamingBoth()
    {
        string problem = Refused(balsam => balsam.AddApplication<Renamed>().AddApplication<Old>());
        Assert.That(problem, Is.EqualTo(
            $"Jobs stored as 'Old' belong to 'renamed-2' ({typeof(Renamed).FullName}) and 'Old' ({typeof(Old).FullName}), by its name or its [FormerNames]. Leave the name to one of them."));
    }

    [Test]
    public void FormerName_ThatAnotherHasToo_IsRefusedNamingBoth() =>
        Assert.That(Refused(balsam => balsam.AddApplication<Renamed>().AddApplication<Rival>()), Does.Contain("'renamed-1'").And.Contain(typeof(Renamed).FullName).And.Contain(typeof(Rival).FullName));

    [Test]
    public void FormerName_ThatIsNoName_IsRefusedNamingTheClass() =>
        Assert.That(Refused(balsam => balsam.AddApplication<Misnamed>()), Does.Contain("Misnamed").And.Contain("a b"));

    [Test]
    public void Is_NamesOfTheClass_HoldsForPresentAndFormerOnes()
    {
        ApplicationName[] names = ["renamed-2", "renamed-1", "Old", "Renamed", "old"];
        Assert.That(names.Select(name => name.Is<Renamed>()), Is.EqualTo(new[] { true, true, true, false, false }));
    }

    [Test]
    public async Task Applications_AfterASubmit_AreRecorded()
    {
        await using ServiceProvider services = Services(balsam => balsam.AddApplication<Renamed>().AddApplication<Plain>());
        BalsamClient client = services.GetRequiredService<BalsamClient>();
        Assert.That(await client.Applications.ListAsync(), Is.Empty);
        await client.SubmitAsync(new NewJob("Plain"));

        ApplicationRecord record = (await client.Applications.FindAsync("Old"))!;
        Assert.That(
            (record.Name.Value, record.Description, record.Command, record.ClassName), Is.EqualTo(("renamed-2", "Has had three names.", "run --in {{ input }} {{ cells }}", typeof(Renamed).FullName)));
        Assert.That(record.Parameters, Is.EqualTo(new[] { ApplicationParameter.Mandatory("input", "the file"), ApplicationParameter.Optional("cells", 8) }));
        Assert.That(record.Resources, Is.EqualTo(new JobResources { ThreadsPerRank = 2 }));
        Assert.That(record.FormerNames, Is.EqualTo(new ApplicationName[] { "renamed-1", "Old" }));
        Assert.That(await client.Applications.FindAsync("renamed-2"), Is.EqualTo(record));
        Assert.That(await client.Applications.FindAsync("Nobody"), Is.Null);
    }

    [Test]
    public async Task Applications_OfARefusedSubmit_AreNotRecorded()
    {
        await using ServiceProvider services = Services(balsam => balsam.AddApplication<Plain>());
        BalsamClient client = services.GetRequiredService<BalsamClient>();
        await Assert.ThrowsAsync<SubmitRefusedException>(() => client.SubmitAsync(new NewJob("Nobody")));
        Assert.That(await client.Applications.ListAsync(), Is.Empty);
    }

    private static string Refused(Action<IBalsamBuilder> applications)
    {
        using ServiceProvider services = Services(applications);
        ApplicationRegistry registry = services.GetRequiredService<ApplicationRegistry>();
        return Assert.Throws<ConfigurationException>(() => _ = registry.All)!.Problems.Single();
    }

    private static ServiceProvider Services(Action<IBalsamBuilder> applications)
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam => applications(balsam.UseInMemory()));
        return services.BuildServiceProvider();
    }

    [Description("Has had three names.")]
    [ApplicationName("renamed-2")]
    [FormerNames("renamed-1", "Old")]
    private sealed class Renamed : ApplicationDefinition<Renamed.Parameters>
    {
        public sealed record Parameters([property: Description("the file")] string Input, int Cells = 8);

        public override CommandTemplate Command => "run --in {{ input }} {{ cells }}";

        public override JobResources Resources => new() { ThreadsPerRank = 2 };
    }

    private sealed class Plain : ApplicationDefinition
    {
        public override CommandTemplate Command => "plain";
    }

    private sealed class Old : ApplicationDefinition
    {
        public override CommandTemplate Command => "old";
    }

    [FormerNames("renamed-1")]
    private sealed class Rival : ApplicationDefinition
    {
        public override CommandTemplate Command => "rival";
    }

    [FormerNames("a b")]
    private sealed class Misnamed : ApplicationDefinition
    {
        public override CommandTemplate Command => "misnamed";
    }
}
