using Microsoft.Extensions.Options;

namespace Balsam.Launch.Hosting;

/// <summary>Checks the launcher's options at start; each message says what to set.</summary>
internal sealed class LauncherOptionsValidator : IValidateOptions<LauncherOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    public ValidateOptionsResult Validate(string? name, LauncherOptions options)
    {
        List<string> problems = [];
        Check(options.WallTime is { } wall && (wall <= TimeSpan.Zero || wall > Longest), "WallTime", options.WallTime, "set it to more than zero and at most 3650 days, or to null to run until stopped");
        Check(options.IdleTimeout is { } idle && (idle < TimeSpan.Zero || idle > Longest), "IdleTimeout", options.IdleTimeout, "set it to zero or more and at most 3650 days, or to null to wait for ever");
        Check(options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > Longest, "DrainTimeout", options.DrainTimeout, "set it to zero or more and at most 3650 days");
        Check(options.KillGrace < TimeSpan.Zero || options.KillGrace > Longest, "KillGrace", options.KillGrace, "set it to zero or more and at most 3650 days");
        Check(options.RecordTimeout <= TimeSpan.Zero || options.RecordTimeout > LongestTimer, "RecordTimeout", options.RecordTimeout, "set it to more than zero and at most 49 days");
        Check(options.HookConcurrency < 1, "HookConcurrency", options.HookConcurrency, "set it to at least 1");
        Check(options.HookTimeLimit <= TimeSpan.Zero || options.HookTimeLimit > LongestTimer, "HookTimeLimit", options.HookTimeLimit, "set it to more than zero and at most 49 days");
        Check(options.ErrorTailLines is < 0 or > 10_000, "ErrorTailLines", options.ErrorTailLines, "set it between 0 and 10,000");
        Check(options.Heartbeat <= TimeSpan.Zero || options.Heartbeat > LongestTimer, "Heartbeat", options.Heartbeat, "set it to more than zero and at most 49 days");
        Check(options.LeaseDuration / 2 < options.Heartbeat, "LeaseDuration", options.LeaseDuration, $"set it to at least twice Heartbeat ({options.Heartbeat}), or the lease is lost between two of them");
        Check(options.CrashLimit < 0, "CrashLimit", options.CrashLimit, "set it to zero or more, or to null to run a job again however often its launcher is lost");
        Check(options.Cleanup.BatchSize is < 1 or > 10_000, "Cleanup.BatchSize", options.Cleanup.BatchSize, "set it between 1 and 10,000");
        Check(options.Cleanup.Interval <= TimeSpan.Zero || options.Cleanup.Interval > LongestTimer, "Cleanup.Interval", options.Cleanup.Interval, "set it to more than zero and at most 49 days");
        Check(options.Filter is null, "Filter", "null", "set JobFilter.All to take every job");
        foreach (string node in options.Nodes.GroupBy(node => node.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            problems.Add($"LauncherOptions.Nodes names '{node}' twice; give every node a name of its own.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Check(bool wrong, string option, object? value, string advice)
        {
            if (wrong)
            {
                problems.Add(FormattableString.Invariant($"LauncherOptions.{option} is {value}; {advice}."));
            }
        }
    }
}
