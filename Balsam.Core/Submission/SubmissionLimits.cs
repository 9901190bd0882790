using System.Globalization;

namespace Balsam;

/// <summary>The sizes that a submit may have. Where the original Balsam has a limit, it is the same.</summary>
public static class SubmissionLimits
{
    /// <summary>The longest parameters, as JSON, in characters: 512,000.</summary>
    public const int ParametersLength = 512_000;

    /// <summary>The longest data, as JSON, in characters: 512,000.</summary>
    public const int DataLength = 512_000;

    /// <summary>The longest result of a function, as JSON, in characters: 512,000.</summary>
    public const int ResultLength = 512_000;

    /// <summary>The longest workdir in characters: 1,024.</summary>
    public const int WorkdirLength = 1024;

    /// <summary>The longest name in a workdir in UTF-8 bytes: 255, what file systems allow.</summary>
    public const int WorkdirNameLength = 255;

    /// <summary>The longest tag, key and value together, in characters: 300, so that every store can index it whole.</summary>
    public const int TagLength = 300;

    /// <summary>The longest address of a transfer in characters, without its location: 4,096.</summary>
    public const int TransferAddressLength = 4096;

    /// <summary>The longest key in characters: 300, so that every store can index it whole.</summary>
    public const int KeyLength = 300;

    /// <summary>Says why data cannot be kept; null when they can.</summary>
    internal static string? WhyTooLarge(JobData data) => data.Json.Length <= DataLength
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"the data are {data.Json.Length} characters of JSON, {DataLength} are allowed. Write large values to a file in the workdir.");

    /// <summary>Says why a tag cannot be kept; null when it can.</summary>
    internal static string? WhyBadTag(string key, string value)
    {
        if (key.Length + value.Length <= TagLength && !key.Any(char.IsControl) && Workdirs.IsUnicode(key) && Workdirs.IsUnicode(value))
        {
            return null;
        }

        string shown = key.Length > 40 ? key[..40] + "…" : key;
        return string.Create(
            CultureInfo.InvariantCulture, $"the tag '{shown}' is not valid Unicode, has a control character in its key, or is longer than {TagLength} characters, key and value together. Put long values into the data.");
    }
}
