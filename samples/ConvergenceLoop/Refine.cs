using System.ComponentModel;
using System.Globalization;
using Balsam;

namespace ConvergenceLoop;

[Description("Integrates 4 / (1 + x²) over 0…1 by trapezoids; asks for twice as many as long as the error is too large.")]
internal sealed class Refine : ApplicationDefinition<Refine.Parameters>
{
    private const int MostIntervals = 1 << 24;

    public sealed record Parameters(int Intervals, double Tolerance);

    public override CommandTemplate Command =>
        "awk -v n={{ intervals }} -v tolerance={{ tolerance }} 'BEGIN { s = 3; for (i = 1; i < n; i++) { x = i / n; s += 4 / (1 + x * x) } printf \"%.15f\\n\", s / n }'";

    public override IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string> { ["LC_ALL"] = "C" };

    /// <summary>The step with so many intervals.</summary>
    public static NewJob Step(int intervals, double tolerance) => Refine.NewJob(string.Create(CultureInfo.InvariantCulture, $"intervals-{intervals}"), new Parameters(intervals, tolerance));

    protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        (int intervals, double tolerance) = context.GetParameters<Parameters>();
        double value = double.Parse(await File.ReadAllTextAsync(Path.Combine(context.Workdir, "job.out"), cancellationToken), CultureInfo.InvariantCulture);
        context.Data.Set("value", value);

        // Halving the intervals divides the error by four: a third of the change is what is left of it.
        if (await context.GetParentsAsync(cancellationToken) is [ParentJob before])
        {
            double error = Math.Abs(value - before.Data.Get<double>("value")) / 3;
            context.Data.Set("error", error);
            if (error <= tolerance)
            {
                context.Tags.Set("converged", "yes");
                return PostprocessOutcome.Done;
            }
        }

        if (intervals >= MostIntervals)
        {
            return PostprocessOutcome.Fail(string.Create(CultureInfo.InvariantCulture, $"not converged with {intervals} intervals"));
        }

        context.Submit(Step(intervals * 2, tolerance));
        return PostprocessOutcome.Done;
    }
}
