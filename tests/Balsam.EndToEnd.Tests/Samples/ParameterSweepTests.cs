namespace Balsam.EndToEnd.Tests.Samples;

public sealed class ParameterSweepTests
{
    private const string Sample = "ParameterSweep";
    private const string Site = "ising-sweep-small";

    [Test]
    public async Task Small_KilledInTheMiddleAndStartedAgain_EndsWithTheSameNumbers()
    {
        using var undisturbed = new TemporaryDirectory();
        SampleResult straight = await SampleProcess.RunAsync(Sample, undisturbed.Path, "--small");
        Assert.That(straight.ExitCode, Is.Zero, straight.Errors);
        Assert.That(straight.Output, Does.Contain("Submitted 96 runs").And.Contain("The susceptibility peaks at T = 2."));

        using var disturbed = new TemporaryDirectory();
        using (SampleProcess first = SampleProcess.Start(Sample, disturbed.Path, "--small"))
        {
            await first.WaitForLineAsync(line => line.Contains(" of 97 jobs ended", StringComparison.Ordinal) && !line.StartsWith("0 ", StringComparison.Ordinal));
            await first.KillAsync();
        }

        SampleResult second = await SampleProcess.RunAsync(Sample, disturbed.Path, "--small");
        Assert.That(second.ExitCode, Is.Zero, second.Errors);
        Assert.That(second.Output, Does.Match("Going on in ising-sweep-small: [1-9][0-9]* of 97 jobs had finished before"));
        foreach (string file in (string[])["table.txt", "ising.svg"])
        {
            Assert.That(
                await File.ReadAllTextAsync(disturbed[Path.Combine(Site, file)]),
                Is.EqualTo(await File.ReadAllTextAsync(undisturbed[Path.Combine(Site, file)])),
                file);
        }

        SampleResult third = await SampleProcess.RunAsync(Sample, disturbed.Path, "--small");
        Assert.That(third.ExitCode, Is.Zero, third.Errors);
        Assert.That(third.Output, Does.StartWith("All 97 jobs had finished before").And.EndWith(straight.Output[straight.Output.IndexOf("    T  ", StringComparison.Ordinal)..]));
    }

    [Test]
    public async Task Run_WithAnUnknownArgument_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, "--huge");
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Errors, Does.Contain("'--huge'"));
    }
}
