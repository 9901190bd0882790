using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

/// <summary>A program as a user writes it, from the text of the documentation alone, with a site in a directory of its own.</summary>
internal abstract class ProgramTest
{
    protected string Root { get; private set; } = "";

    [SetUp]
    public void MakeDirectory() => Root = Directory.CreateTempSubdirectory("balsam-program-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(Root, recursive: true);

    protected string In(string path) => Path.Combine(Root, path);
}
