namespace Balsam.Architecture.Tests;

internal static class Repository
{
    /// <summary>The folder that holds Balsam.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? directory = new(TestContext.CurrentContext.TestDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Balsam.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("Balsam.sln is in no directory above the tests.");
    }
}
