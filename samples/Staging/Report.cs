using System.Globalization;
using Balsam;
using Balsam.Launch.Cleanup;

namespace Staging;

/// <summary>What came back to the archive, beside what was moved for it and what is left of it here.</summary>
internal static class Report
{
    public static IEnumerable<string> Write(BalsamSite site, string archive, IEnumerable<Job> jobs, CleanupReport cleaned)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        yield return "station   readings  lowest  median  highest    fetched  brought back  left in the workdir";
        foreach (Job job in jobs.OrderBy(job => job.Workdir, StringComparer.Ordinal))
        {
            string[] summary = File.ReadAllText(Path.Combine(archive, "summaries", $"{job.Workdir}.txt")).Split(' ', StringSplitOptions.TrimEntries);
            long Bytes(TransferDirection direction) => job.Transfers.Where(item => item.Direction == direction).Sum(item => item.Bytes);
            string left = string.Join(", ", Directory.EnumerateFiles(site.WorkdirOf(job)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            yield return string.Create(
                culture,
                $"{job.Workdir,-8} {summary[0],9} {summary[1],7} {summary[2],7} {summary[3],8} {Bytes(TransferDirection.In),8} B {Bytes(TransferDirection.Out),11} B  {left}");
        }

        yield return string.Create(culture, $"Cleaned up: {cleaned.Files} files of {cleaned.Jobs} jobs, {cleaned.Bytes} bytes.");
    }
}
