using System.Globalization;
using System.Text;

namespace Staging;

/// <summary>A year of hourly temperatures a station: summer and winter, day and night, and weather; the same at every start.</summary>
internal static class MadeUpReadings
{
    private const int Hours = 365 * 24;

    private static readonly (string Station, double Mean, double Swing)[] Climates =
        [("glacier", -9, 8), ("harbour", 11, 6), ("desert", 24, 9), ("forest", 8, 11), ("plateau", 3, 14), ("island", 22, 3)];

    /// <returns>The names of the stations.</returns>
    public static string[] Write(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach ((string station, double mean, double swing) in Climates)
        {
            var random = new Random(station.Length);
            var text = new StringBuilder();
            double weather = 0;
            for (int hour = 0; hour < Hours; hour++)
            {
                weather = (weather * 0.98) + random.NextDouble() - 0.5;
                double season = -Math.Cos(2 * Math.PI * hour / Hours) * swing;
                double day = -Math.Cos(2 * Math.PI * hour / 24) * swing / 3;
                text.AppendLine(CultureInfo.InvariantCulture, $"{hour} {mean + season + day + weather:F1}");
            }

            File.WriteAllText(Path.Combine(directory, $"{station}.txt"), text.ToString());
        }

        return [.. Climates.Select(climate => climate.Station)];
    }
}
