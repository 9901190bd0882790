using System.Globalization;

namespace Balsam.Benchmarks;

/// <summary>Jobs to measure with.</summary>
internal static class Samples
{
    public static ApplicationName Application { get; } = "Relax";

    public static SiteName Site { get; } = "here";

    public static JobAddition Addition(int number) => new()
    {
        Application = Application,
        Site = Site,
        Workdir = string.Create(CultureInfo.InvariantCulture, $"study/{number}"),
        Parameters = JobData.From(new { structure = "a.xyz", temperature = 300.5, steps = number }),
        Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["study"] = "a", ["group"] = (number % 100).ToString(CultureInfo.InvariantCulture), ["kind"] = "relax" },
    };

    public static Job Job(int number) => Balsam.Job.Create(new JobId(number + 1), Addition(number), [], DateTimeOffset.UnixEpoch);
}
