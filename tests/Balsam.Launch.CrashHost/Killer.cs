using System.Diagnostics;

namespace Balsam.Launch.CrashHost;

/// <summary>A job whose <c>Postprocess</c> takes its launcher with it.</summary>
public sealed class Killer : ApplicationDefinition<Killer.Parameters>
{
    public sealed record Parameters(string Directory);

    public override CommandTemplate Command => "true {{ directory }}";

    protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        await File.AppendAllTextAsync(Path.Combine(context.GetParameters<Parameters>().Directory, "calls"), "called\n", cancellationToken);
        Process.GetCurrentProcess().Kill();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return PostprocessOutcome.Done;
    }
}
