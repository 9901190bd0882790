using System.Globalization;

namespace Balsam.EndToEnd.Tests.Samples;

public sealed class StagingTests
{
    private const string Sample = "Staging";

    [Test]
    public async Task Run_SummarizesWhatTheArchiveHasAndLeavesNoScratch()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path);

        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string archive = Path.Combine(directory.Path, "staging", "archive");
        foreach (string line in lines[1..^1])
        {
            string station = line.Split(' ')[0];
            string readings = Path.Combine(archive, "readings", $"{station}.txt");
            double[] sorted = [.. File.ReadLines(readings).Select(reading => double.Parse(reading.Split(' ')[1], CultureInfo.InvariantCulture)).Order()];
            string[] summary = [.. new[] { sorted.Length, sorted[0], sorted[(sorted.Length - 1) / 2], sorted[^1] }.Select(value => value.ToString("0.0##", CultureInfo.InvariantCulture))];
            string[] shown = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..5].Select(text => double.Parse(text, CultureInfo.InvariantCulture).ToString("0.0##", CultureInfo.InvariantCulture))];
            Assert.That(shown, Is.EqualTo(summary), line);
            Assert.That(line, Does.Contain($" {new FileInfo(readings).Length} B ").And.EndWith("  job.out, summary.txt"));
        }

        Assert.That(lines, Has.Length.EqualTo(8));
        Assert.That(lines[^1], Does.StartWith("Cleaned up: 12 files of 6 jobs, "));
    }

    [Test]
    public async Task Run_Again_ShowsTheSameAndCleansNothingMore()
    {
        using var directory = new TemporaryDirectory();
        SampleResult first = await SampleProcess.RunAsync(Sample, directory.Path);
        SampleResult second = await SampleProcess.RunAsync(Sample, directory.Path);
        Assert.That(second.ExitCode, Is.Zero, second.Errors);
        Assert.That(second.Output.Split('\n')[1..8], Is.EqualTo(first.Output.Split('\n')[..7]));
        Assert.That(second.Output, Does.StartWith("Going on where staging is.").And.EndWith("Cleaned up: 0 files of 0 jobs, 0 bytes."));
    }

    [Test]
    public async Task Run_WithAnArgument_SaysThatItTakesNone()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, "here");
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((2, "Staging does not know 'here'. It takes nothing.\n")));
    }
}
