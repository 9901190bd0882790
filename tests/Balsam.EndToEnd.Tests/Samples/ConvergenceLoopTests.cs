using System.Text.RegularExpressions;

namespace Balsam.EndToEnd.Tests.Samples;

public sealed partial class ConvergenceLoopTests
{
    private const string Sample = "ConvergenceLoop";

    [Test]
    public async Task Run_UntilTheTolerance_ShowsTheErrorOfEachStepAndIsRepeatable()
    {
        using var directory = new TemporaryDirectory();
        SampleResult first = await SampleProcess.RunAsync(Sample, directory.Path);
        Assert.That(first.ExitCode, Is.Zero, first.Errors);
        string[] lines = first.Output.Split('\n');
        Assert.That(lines[^1], Is.EqualTo("π = 3.141592643656 after 13 steps; the true error is 9.9E-009."));
        double[] errors = [.. lines.SkipLast(1).Select(line => Errors().Match(line)).Where(match => match.Success).Select(match => double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.That(errors, Has.Length.EqualTo(lines.Length - 2), "every step but the first knows its error");
        Assert.That(errors, Is.Ordered.Descending);
        Assert.That((errors[^1] <= 1e-8, errors[^2] > 1e-8), Is.EqualTo((true, true)), "it went on as long as it had to, and no longer");

        SampleResult second = await SampleProcess.RunAsync(Sample, directory.Path);
        Assert.That(second.ExitCode, Is.Zero, second.Errors);
        Assert.That(second.Output, Is.EqualTo($"Going on after {lines.Length - 1} steps. To start anew, delete the directory convergence.\n{first.Output}"));
    }

    [Test]
    public async Task Run_WithAnUnknownArgument_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, "soon");
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((2, "ConvergenceLoop does not know 'soon'. It takes a tolerance between 1e-13 and 1, for example 1e-8.\n")));
    }

    [GeneratedRegex("  ([0-9.]+E-[0-9]+)  #*$")]
    private static partial Regex Errors();
}
