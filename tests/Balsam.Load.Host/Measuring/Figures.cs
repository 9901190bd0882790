using System.Diagnostics;
using System.Globalization;

namespace Balsam.Load.Host.Measuring;

/// <summary>What is measured, a line each as it comes: <c>name=value</c>.</summary>
internal sealed class Figures(TextWriter output)
{
    public void Add(string name, double value) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value:0.###}"));

    /// <summary>Measures how many seconds something takes.</summary>
    public async Task TimeAsync(string name, Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        Add(name + "_s", Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The same, with what comes of it.</summary>
    public async Task<T> TimeAsync<T>(string name, Func<Task<T>> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = await work();
        Add(name + "_s", Stopwatch.GetElapsedTime(start).TotalSeconds);
        return result;
    }
}
