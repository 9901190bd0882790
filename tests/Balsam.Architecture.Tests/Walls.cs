using System.Reflection;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Balsam.Tests;

namespace Balsam.Architecture.Tests;

/// <summary>The walls of the design: who may know whom.</summary>
[TestFixture]
public sealed class Walls
{
    private static readonly System.Reflection.Assembly Core = typeof(Job).Assembly;
    private static readonly System.Reflection.Assembly Launch = typeof(LauncherOptions).Assembly;
    private static readonly System.Reflection.Assembly LiteDb = typeof(Storage.LiteDb.LiteDbJobStore).Assembly;
    private static readonly System.Reflection.Assembly Reports = typeof(CampaignReports).Assembly;
    private static readonly System.Reflection.Assembly TestingKit = typeof(Testing.InMemoryJobStore).Assembly;
    private static readonly System.Reflection.Assembly Site = typeof(BalsamSite).Assembly;
    private static readonly System.Reflection.Assembly ProgressView = typeof(ConsoleProgress).Assembly;
    private static readonly System.Reflection.Assembly Sftp = typeof(SftpOptions).Assembly;

    private static readonly ArchUnitNET.Domain.Architecture Code = new ArchLoader().LoadAssemblies(Core, Launch, LiteDb, Reports, TestingKit, Site, ProgressView, Sftp).Build();

    private static IEnumerable<TestCaseData> AllowedReferences()
    {
        yield return new TestCaseData(Core, Array.Empty<string>()).SetName("Core_References_NothingOfOurs");
        yield return new TestCaseData(Launch, new[] { "Balsam.Core" }).SetName("Launch_References_CoreOnly");
        yield return new TestCaseData(LiteDb, new[] { "Balsam.Core" }).SetName("StorageLiteDb_References_CoreOnly");
        yield return new TestCaseData(Reports, new[] { "Balsam.Core" }).SetName("Reports_References_CoreOnly");
        yield return new TestCaseData(TestingKit, new[] { "Balsam.Core", "Balsam.Launch" }).SetName("Testing_References_CoreAndLaunch");
        yield return new TestCaseData(Site, new[] { "Balsam.Core", "Balsam.Launch", "Balsam.Storage.LiteDb" }).SetName("Balsam_References_WhatItComposes");
        yield return new TestCaseData(ProgressView, new[] { "Balsam.Core" }).SetName("Progress_References_CoreOnly");
        yield return new TestCaseData(Sftp, new[] { "Balsam.Core", "Balsam.Launch" }).SetName("TransfersSftp_References_CoreAndLaunch");
    }

    [TestCaseSource(nameof(AllowedReferences))]
    public void Assembly_ReferencesOfOurs_AreThoseAllowed(System.Reflection.Assembly assembly, string[] allowed)
    {
        IEnumerable<string> ours = assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Balsam", StringComparison.Ordinal));
        Assert.That(ours, Is.SubsetOf(allowed));
    }

    [Test]
    public void Core_References_AbstractionsAndOptionsOnly()
    {
        string[] allowed =
        [
            "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options",
        ];
        IEnumerable<string> foreign = Core.GetReferencedAssemblies().Select(name => name.Name!).Where(name => !name.StartsWith("System", StringComparison.Ordinal));
        Assert.That(foreign, Is.SubsetOf(allowed));
    }

    [TestCase("System.IO.File")]
    [TestCase("System.IO.FileStream")]
    [TestCase("System.IO.FileInfo")]
    [TestCase("System.IO.Directory")]
    [TestCase("System.IO.DirectoryInfo")]
    [TestCase("System.IO.Path")]
    [TestCase("System.Diagnostics.Process")]
    public void Core_SeesNo_FilesOrProcesses(string type) =>
        Assert.That(Users(type).Where(user => user.StartsWith("Balsam.Core", StringComparison.Ordinal)), Is.Empty);

    [Test]
    public void ThisCheck_SeesFiles_WhereTheyAreUsed() =>
        Assert.That(Users("System.IO.Path").Where(user => user.StartsWith("Balsam.Launch", StringComparison.Ordinal)), Is.Not.Empty);

    [Test]
    public void Packing_UsesNothingBut_ResourceTypes()
    {
        string[] resources = [.. Core.GetTypes().Where(type => type.Namespace == "Balsam").Select(type => type.FullName!)
            .Where(name => name is not ("Balsam.ResourceAmount" or "Balsam.MemorySize" or "Balsam.JobResources" or "Balsam.NodeSpec" or "Balsam.NodeShare" or "Balsam.Placement" or "Balsam.NodeRequests"))];
        IEnumerable<string> strangers = Types("Balsam.Launch.Packing").SelectMany(type => type.Dependencies.Select(dependency => (Type: type.FullName, Target: dependency.Target.FullName)))
            .Where(pair => resources.Contains(pair.Target) || IsOtherRoom(pair.Target, "Balsam.Launch.Packing")).Select(pair => $"{pair.Type} uses {pair.Target}").Distinct();
        Assert.That(strangers, Is.Empty);
    }

    [Test]
    public void Packing_SeesNo_ClockAndNoFile() =>
        Assert.That(
            Types("Balsam.Launch.Packing").SelectMany(type => type.Dependencies.Select(dependency => dependency.Target.FullName)).Distinct()
                .Where(name => name is "System.TimeProvider" or "System.Diagnostics.Stopwatch" or "System.Random" || name.StartsWith("System.IO.", StringComparison.Ordinal)),
            Is.Empty);

    [Test]
    public void RunningAndPacking_DoNotSee_EachOther() =>
        Assert.That(
            Types("Balsam.Launch.Running").SelectMany(type => type.Dependencies.Select(dependency => dependency.Target.FullName))
                .Where(name => IsOtherRoom(name, "Balsam.Launch.Running")).Distinct(),
            Is.Empty);

    [Test]
    public void EveryStorePackage_RunsTheConformanceCases_InItsTests()
    {
        string tests = Path.Combine(Repository.Root, "tests");
        IEnumerable<string> stores = Directory.GetDirectories(Repository.Root, "Balsam.Storage.*").Select(Path.GetFileName).Append("Balsam.Testing")!;
        IEnumerable<string> without = stores.Where(store => !Directory.EnumerateFiles(Path.Combine(tests, store + ".Tests"), "*.cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains("nameof(StoreConformance.", StringComparison.Ordinal)));
        Assert.That(without, Is.Empty, "These stores have no test that runs StoreConformance.Cases.");
    }

    [Test]
    public void PublicTypes_AreSealedAbstractOrStatic_UnlessMeantForDerivation()
    {
        IEnumerable<string> open = new[] { Core, Launch, LiteDb, Reports, TestingKit, Site, ProgressView, Sftp }.SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.IsSubclassOf(typeof(Exception)) && type != typeof(Exception))
            .Select(type => type.FullName!);
        Assert.That(open, Is.Empty);
    }

    [Test]
    public void LogEventIds_AreUnique()
    {
        var ids = typeof(Balsam.Launch.BalsamEventIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!).ToArray();
        Assert.That(ids, Is.Unique);
        Assert.That(ids, Is.All.InRange(2000, 2999));
    }

    private static IEnumerable<IType> Types(string room) => Code.Types.Where(type => type.Namespace?.FullName == room);

    private static bool IsOtherRoom(string type, string room) =>
        type.StartsWith("Balsam.Launch.", StringComparison.Ordinal) && !type.StartsWith(room, StringComparison.Ordinal);

    private static IEnumerable<string> Users(string target) =>
        Code.Types.Where(type => type.Dependencies.Any(dependency => dependency.Target.FullName == target)).Select(type => $"{type.Assembly.Name.Split(',')[0]}: {type.FullName}");
}
