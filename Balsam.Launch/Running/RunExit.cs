using System.Globalization;

namespace Balsam.Launch.Running;

/// <summary>How a run ended.</summary>
public sealed record RunExit
{
    /// <summary>The run.</summary>
    public required long RunId { get; init; }

    /// <summary>The way it ended.</summary>
    public required RunExitKind Kind { get; init; }

    /// <summary>
    /// The exit code, the number of the signal, or for <see cref="RunExitKind.StartFailed"/> the operating system's error number (0 when there is none).
    /// </summary>
    /// <value>-1 together with <see cref="RunExitKind.Exited"/> when the status was lost; <see cref="Message"/> then says how.</value>
    public int Code { get; init; }

    /// <summary>What went wrong and what to do, in complete sentences.</summary>
    /// <value>Null when there is nothing to add to <see cref="Kind"/> and <see cref="Code"/>; never null for <see cref="RunExitKind.StartFailed"/> and <see cref="RunExitKind.Lost"/>.</value>
    public string? Message { get; init; }

    /// <summary>The processor time that the process and its awaited children spent in programs.</summary>
    public TimeSpan UserTime { get; init; }

    /// <summary>The processor time that the process and its awaited children spent in the operating system.</summary>
    public TimeSpan SystemTime { get; init; }

    /// <summary>The process id.</summary>
    /// <value>0 when there never was a process.</value>
    public int Pid { get; init; }

    /// <summary>Whether the process ended by itself with exit code 0.</summary>
    public bool Succeeded => Kind == RunExitKind.Exited && Code == 0;

    /// <summary>Says in words how the run ended.</summary>
    /// <returns>For example <c>exit code 3</c>, <c>signal 11 (SIGSEGV, invalid memory access)</c>, or the message.</returns>
    public string Describe() => (Kind, Message) switch
    {
        (_, { } message) => message,
        (RunExitKind.Signaled, _) => string.Create(CultureInfo.InvariantCulture, $"signal {Code} ({SignalNames.Describe(Code)})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"exit code {Code}"),
    };
}
