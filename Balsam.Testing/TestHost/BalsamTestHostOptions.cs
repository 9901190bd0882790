namespace Balsam.Testing;

/// <summary>How a <see cref="BalsamTestHost"/> is set up.</summary>
public sealed class BalsamTestHostOptions
{
    /// <summary>The nodes to run on; never this machine.</summary>
    /// <value>Default: empty, which means what the launcher's own options say, or else one node of 4 cores by the name of <c>node1</c>.</value>
    public IList<NodeSpec> Nodes { get; } = [];

    /// <summary>What random numbers and the order of simultaneous ends hang on. The same campaign under the same seed yields the same events.</summary>
    /// <value>Default: 1.</value>
    public int Seed { get; set; } = 1;

    /// <summary>What the virtual clock shows first.</summary>
    /// <value>Default: 2030-01-01 00:00 UTC.</value>
    public DateTimeOffset StartsAt { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How much virtual time one call may take before it is given up as endless.</summary>
    /// <value>Default: 3,653 days, about 10 years.</value>
    public TimeSpan LongestRun { get; set; } = TimeSpan.FromDays(3653);

    /// <summary>How often one job may be started before the host takes it for one that is restarted for ever.</summary>
    /// <value>Default: 1,000.</value>
    public int MostAttempts { get; set; } = 1000;

    /// <summary>How long, in real time, a hook or function may be at work without waiting for virtual time before the host gives up. Nothing else goes by real time. A debugger suspends it.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The directory of the workdirs.</summary>
    /// <value>Default: null: a new one among the temporary files.</value>
    public string? DataDirectory { get; set; }

    /// <summary>Whether the files stay when the host is disposed.</summary>
    /// <value>Default: false. A directory that was given by <see cref="DataDirectory"/> stays in any case.</value>
    public bool KeepFiles { get; set; }
}
