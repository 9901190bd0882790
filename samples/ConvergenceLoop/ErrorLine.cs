using System.Globalization;
using Balsam;

namespace ConvergenceLoop;

/// <summary>One step as a line of a text plot: a bar as long as the error has digits before it is 1e-14.</summary>
internal static class ErrorLine
{
    private const int Floor = 14;
    private const int CharactersPerDigit = 3;

    public static string Write(Job job)
    {
        int intervals = job.GetParameters<Refine.Parameters>().Intervals;
        string start = string.Create(CultureInfo.InvariantCulture, $"{intervals,8} intervals  {job.Data.Get<double>("value"):F12}");
        if (!job.Data.TryGet("error", out double error))
        {
            return start;
        }

        int length = (int)Math.Round((Floor + Math.Log10(Math.Max(error, 1e-14))) * CharactersPerDigit);
        return string.Create(CultureInfo.InvariantCulture, $"{start}  {error:E1}  {new string('#', Math.Max(length, 0))}");
    }
}
