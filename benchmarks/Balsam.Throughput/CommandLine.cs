using System.Globalization;

namespace Balsam.Throughput;

/// <summary>What the program was asked.</summary>
/// <param name="Scenarios">The names of the scenarios.</param>
/// <param name="Runs">How many counted runs of each.</param>
/// <param name="Directory">The directory to write below; null for one of memory where there is one.</param>
/// <param name="Json">The file for the figures as JSON; null for none.</param>
/// <param name="Scale">How much larger than usual the scenarios are.</param>
/// <param name="Guards">Whether to measure the guarded ratios in small instead of scenarios.</param>
internal sealed record CommandLine(IReadOnlyList<string> Scenarios, int Runs, string? Directory, string? Json, double Scale, bool Guards)
{
    public const string Usage = "Balsam.Throughput SCENARIO… [--runs N] [--dir DIR] [--json FILE] [--scale X] | --guard [--dir DIR]";

    /// <summary>Reads the arguments; null when they cannot be understood.</summary>
    public static CommandLine? Parse(string[] arguments)
    {
        var line = new CommandLine([], 5, null, null, 1, false);
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            CommandLine? read = arguments[i] switch
            {
                "--runs" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int runs) && runs > 0 => line with { Runs = runs },
                "--scale" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale) && scale > 0 => line with { Scale = scale },
                "--dir" when value is not null => line with { Directory = value },
                "--json" when value is not null => line with { Json = value },
                _ => null,
            };
            if (read is not null)
            {
                i++;
            }
            else if (arguments[i] == "--guard")
            {
                read = line with { Guards = true };
            }
            else if (arguments[i].StartsWith('-'))
            {
                return null;
            }

            line = read ?? line with { Scenarios = [.. line.Scenarios, arguments[i]] };
        }

        return line.Guards == (line.Scenarios.Count == 0) ? line : null;
    }
}
