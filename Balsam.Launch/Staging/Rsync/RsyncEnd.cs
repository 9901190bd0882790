namespace Balsam.Launch.Staging.Rsync;

/// <summary>How a run of rsync ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it wrote as errors, ssh's included.</param>
internal sealed record RsyncEnd(int ExitCode, string Output, string Errors);
