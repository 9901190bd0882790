using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Balsam.Launch.Lifecycle;

/// <summary>What a step to RUNNING says, for analytics: where, how much, which attempt.</summary>
internal static class StartData
{
    /// <summary>The JSON of a start.</summary>
    public static StringBuilder Write(Job job, Placement placement)
    {
        var json = new StringBuilder("{\"nodes\":[");
        for (int i = 0; i < placement.Shares.Length; i++)
        {
            json.Append(i == 0 ? "\"" : ",\"").Append(JsonEncodedText.Encode(placement.Shares[i].Node)).Append('"');
        }

        return json.Append(CultureInfo.InvariantCulture, $"],\"cores\":{placement.Cores},\"gpus\":{(job.Resources.GpusPerNode * placement.Shares.Length)},\"attempt\":{job.Attempt + 1}}}");
    }
}
