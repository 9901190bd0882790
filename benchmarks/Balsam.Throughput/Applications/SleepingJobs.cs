using System.Globalization;

namespace Balsam.Throughput.Applications;

/// <summary>Jobs with three tags and parameters, for scenarios in which none of them runs.</summary>
internal static class SleepingJobs
{
    private const int Groups = 100;

    public static NewJob Make(int number) => Sleep.NewJob(new Sleep.Parameters(number))
        .Tag("study", "throughput")
        .Tag("group", (number % Groups).ToString(CultureInfo.InvariantCulture))
        .Tag("number", number.ToString(CultureInfo.InvariantCulture));
}
