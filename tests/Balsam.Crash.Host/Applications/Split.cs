using System.Globalization;

namespace Balsam.Crash;

/// <summary>A job whose <c>Postprocess</c> submits others, and makes them parents of its child.</summary>
/// <param name="kill">Whether the host dies here.</param>
public sealed class Split(KillSwitch kill) : ApplicationDefinition
{
    /// <summary>How many it submits.</summary>
    public const int Parts = 3;

    /// <summary>The tag of what it submits: its own number.</summary>
    public const string Tag = "split";

    public override CommandTemplate Command => "/bin/true";

    protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
    {
        Job? reducer = (await context.GetChildrenAsync(cancellationToken)).FirstOrDefault(child => child.State == JobState.AwaitingParents);
        NewJob[] parts = [.. Enumerable.Range(0, Parts).Select(i => Echo.NewJob(i).Tag(Tag, context.Id.ToString()).Tag(CampaignUser.OperationTag, context.Job.Tags[CampaignUser.OperationTag]))];
        context.Submit(parts);
        if (reducer is not null)
        {
            context.AddParents(reducer.Id, parts);
        }

        context.Tags.Set("attempt", context.Attempt.ToString(CultureInfo.InvariantCulture));
        kill.Reach(CrashInstants.Hook);
        return PostprocessOutcome.Done;
    }
}
