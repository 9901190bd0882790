namespace Balsam;

/// <content>The history of all jobs.</content>
public sealed partial class BalsamClient
{
    /// <summary>The steps of all jobs: the start of every question about what happened, and of the live stream.</summary>
    public JobEventQuery Events { get; }
}
