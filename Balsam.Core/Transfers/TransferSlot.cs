namespace Balsam;

/// <summary>A place of an application's jobs that files are brought to, or fetched from.</summary>
/// <param name="Name">The name by which a job fills it.</param>
/// <param name="Direction">Which way.</param>
/// <param name="LocalPath">
/// The file or directory in the workdir, relative; <c>.</c> for the workdir itself: a file that is staged in then keeps its remote name.
/// </param>
/// <example><code>
/// public override IReadOnlyList&lt;TransferSlot&gt; TransferSlots => [TransferSlot.In("geometry", "input.xyz"), TransferSlot.Out("results", "out") with { IsRecursive = true }];
/// </code></example>
public sealed record TransferSlot(string Name, TransferDirection Direction, string LocalPath)
{
    /// <summary>Whether every job must fill it.</summary>
    /// <value>Default: true.</value>
    public bool IsRequired { get; init; } = true;

    /// <summary>Whether a directory goes with everything in it.</summary>
    /// <value>Default: false: one file; a directory is refused.</value>
    public bool IsRecursive { get; init; }

    /// <summary>What it is for, in words; null when nobody said.</summary>
    public string? Description { get; init; }

    /// <summary>Declares a slot that is filled before a job's first hook.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="localPath">Where in the workdir.</param>
    /// <returns>The slot.</returns>
    public static TransferSlot In(string name, string localPath) => new(name, TransferDirection.In, localPath);

    /// <summary>Declares a slot that is taken away after a job's last hook.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="localPath">Where in the workdir.</param>
    /// <returns>The slot.</returns>
    public static TransferSlot Out(string name, string localPath) => new(name, TransferDirection.Out, localPath);
}
