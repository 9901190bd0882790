namespace Balsam.Launch.Platforms;

/// <summary>Reads <c>CUDA_VISIBLE_DEVICES</c> as CUDA does.</summary>
internal static class VisibleDevices
{
    /// <summary>The ids as listed, up to the first that can be none; a set but empty variable means no GPU.</summary>
    public static IReadOnlyList<string> Parse(string value)
    {
        var ids = new List<string>();
        foreach (string id in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (id.Length == 0 || id.StartsWith('-') || id.Equals("NoDevFiles", StringComparison.OrdinalIgnoreCase))
            {
                break;
            }

            if (!ids.Contains(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}
