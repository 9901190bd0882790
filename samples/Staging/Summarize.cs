using System.ComponentModel;
using Balsam;

namespace Staging;

[Description("Summarizes the readings of a weather station: how many, the lowest, the median, the highest.")]
internal sealed class Summarize : ApplicationDefinition
{
    public override IReadOnlyList<TransferSlot> TransferSlots =>
    [
        TransferSlot.In("readings", "readings.txt") with { Description = "A line an hour: its number, and the temperature in °C." },
        TransferSlot.Out("summary", "summary.txt"),
    ];

    public override CommandTemplate Command =>
        "sort -n -k 2 readings.txt > sorted.tmp && awk '{ t[NR] = $2 } END { print NR, t[1], t[int((NR + 1) / 2)], t[NR] }' sorted.tmp > summary.txt";

    // The archive has the readings: once the summary is there too, nobody needs them here.
    public override IReadOnlyList<string> CleanupFiles => ["*.tmp", "readings.txt"];

    public override IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string> { ["LC_ALL"] = "C" };

    /// <summary>The job of a station, with its readings from the archive and its summary to it.</summary>
    public static NewJob From(string station) => Summarize.NewJob(station)
        .Transfer("readings", $"archive:/readings/{station}.txt")
        .Transfer("summary", $"archive:/summaries/{station}.txt");
}
