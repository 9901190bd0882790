using Balsam.Load.Host.Applications;
using Balsam.Load.Host.Measuring;
using Balsam.Reports;

namespace Balsam.Load.Host.Scenarios;

/// <summary>So many jobs that each write 16 lines of a megabyte, then a megabyte of noise, and fail: what is kept, shown and reported of that.</summary>
internal sealed class OutputScenario : IScenario
{
    private const string Noisy = """
        i=0
        while [ $i -lt 16 ]; do head -c 1048576 /dev/zero | tr '\0' x; echo; i=$((i + 1)); done
        head -c 1048576 /dev/urandom
        printf '\033[2J\000\r\n\377\376 end'
        exit 3
        """;

    private const int MostLines = 10;
    private const int LongestLine = 2_001;

    // The page of a campaign of a few failures; a job.out in it would be 17 MiB.
    private const long LongestReport = 2 << 20;

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenAsync(directory, 8, balsam => balsam.AddApplication<Script>());
        BalsamClient client = site.Client;
        await client.SubmitAsync(Enumerable.Range(0, size).Select(i => Script.NewJob(FormattableString.Invariant($"o/{i}"), new Script.Parameters(Noisy))));
        await figures.TimeAsync("run", () => site.RunUntilIdleAsync());
        List<Job> failed = await client.Jobs.InState(JobState.Failed).ToListAsync();
        Check.Same(size, failed.Count);
        foreach (Job job in failed)
        {
            FailureDetails failure = job.Failure!;
            Check.Same(FailureKind.ExitCode, failure.Kind);
            Check.Same(3, failure.ExitCode!.Value);
            Check.That(failure.LastLines.Length is > 0 and <= MostLines, "No lines, or too many, were kept of the output.");
            Check.AtMost(LongestLine, failure.LastLines.Max(line => line.Length));
            Check.That(!failure.LastLines.Any(line => line.Any(c => c != '\t' && char.IsControl(c))), "A control character of the output was kept.");
        }

        string report = Path.Combine(directory, "report.html");
        await figures.TimeAsync("report", () => client.Reports.WriteHtmlAsync(report));
        Check.AtMost(LongestReport + (size * MostLines * LongestLine), new FileInfo(report).Length);
        Check.That(!(await File.ReadAllTextAsync(report)).Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')), "A control character of the output is in the report.");
    }
}
