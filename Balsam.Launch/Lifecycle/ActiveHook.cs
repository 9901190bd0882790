namespace Balsam.Launch.Lifecycle;

/// <summary>A hook that the launcher has called.</summary>
/// <param name="Job">The job as the hook was given it.</param>
/// <param name="Stop">Cancels the hook.</param>
internal sealed record ActiveHook(Job Job, CancellationTokenSource Stop);
