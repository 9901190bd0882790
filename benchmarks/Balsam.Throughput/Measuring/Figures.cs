using System.Globalization;
using System.Text.Json;

namespace Balsam.Throughput.Measuring;

/// <summary>The figures of a run of the program: each is printed as soon as it is there.</summary>
internal sealed class Figures
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly SortedDictionary<string, object> _all = new(StringComparer.Ordinal);

    public void Add(string key, double value) => Put(key, value, value.ToString(Math.Abs(value) >= 1000 ? "F0" : "G4", CultureInfo.InvariantCulture));

    public void Add(string key, string value) => Put(key, value, value);

    /// <summary>A number that has been added.</summary>
    public double Number(string key) => (double)_all[key];

    public async Task WriteJsonAsync(string path)
    {
        await using FileStream file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, _all, Indented);
    }

    private void Put(string key, object value, string text)
    {
        _all[key] = value;
        Console.WriteLine($"{key}={text}");
    }
}
