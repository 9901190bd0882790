using System.Reflection;

namespace Balsam.Tests;

/// <summary>Where the sources are from which the tests were built.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Balsam.sln.</summary>
    public static string Root => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "RepositoryRoot").Value!;
}
