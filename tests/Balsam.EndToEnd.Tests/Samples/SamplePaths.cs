using System.Reflection;

namespace Balsam.EndToEnd.Tests.Samples;

/// <summary>Where the built samples are, as seen from this assembly: in the projects' own directories, or side by side under an artifacts path.</summary>
internal static class SamplePaths
{
    private static readonly string TestProject = typeof(SamplePaths).Assembly.GetName().Name!;

    /// <summary>The directory of a built sample.</summary>
    public static string DirectoryOf(string sample)
    {
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string projects = $"{Path.DirectorySeparatorChar}tests{Path.DirectorySeparatorChar}{TestProject}{Path.DirectorySeparatorChar}bin";
        string found = here.Contains(projects, StringComparison.Ordinal)
            ? here.Replace(projects, $"{Path.DirectorySeparatorChar}samples{Path.DirectorySeparatorChar}{sample}{Path.DirectorySeparatorChar}bin", StringComparison.Ordinal)
            : Path.GetFullPath(Path.Combine(here, "..", "..", sample, Path.GetFileName(here)));
        Assert.That(File.Exists(Path.Combine(found, sample)), Is.True, $"{sample} is not built in {found}");
        return found;
    }

    /// <summary>The program of a built sample.</summary>
    public static string ProgramOf(string sample) => Path.Combine(DirectoryOf(sample), sample);

    /// <summary>The instance that WorkflowReplay brings, and those beside the repository.</summary>
    public static IEnumerable<string> WorkflowInstances()
    {
        string beside = typeof(SamplePaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "WorkflowInstances").Value!;
        IEnumerable<string> files = Directory.Exists(beside) ? Directory.EnumerateFiles(beside, "*.json").Order(StringComparer.Ordinal) : [];
        return files.Prepend(Path.Combine(DirectoryOf("WorkflowReplay"), "diamond.json"));
    }
}
