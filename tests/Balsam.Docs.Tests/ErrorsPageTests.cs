using Balsam.Tests;

namespace Balsam.Docs.Tests;

/// <summary>docs/errors.md names every exception of the library and every kind of failure.</summary>
[TestFixture]
public sealed class ErrorsPageTests
{
    private static IEnumerable<string> Names() =>
    [
        .. typeof(BalsamException).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Exception))).Select(type => type.Name),
        .. Enum.GetNames<FailureKind>(),
        .. Enum.GetNames<StoreErrorKind>(),
    ];

    [TestCaseSource(nameof(Names))]
    public void ErrorsPage_Everything_IsOnIt(string name) =>
        Assert.That(File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md")), Does.Contain($"`{name}`").Or.Contain($"`{name}."));
}
