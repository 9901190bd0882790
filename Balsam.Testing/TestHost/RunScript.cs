using Balsam.Launch.Running;

namespace Balsam.Testing;

/// <summary>What the runs of an application's command do instead of being started: steps in the order in which they are written, then an end.</summary>
/// <remarks>
/// Without any call a run ends at once with exit code 0. Time passes only in <see cref="Take(TimeSpan)"/>: what is written before it is there when the run is killed meanwhile. SIGTERM ends a
/// run at once, unless <see cref="IgnoreTerminate"/> was called. Of several scripts that suit a run, the one made last counts.
/// </remarks>
/// <example><code>
/// host.Runs&lt;Relax&gt;().Take(TimeSpan.FromMinutes(40)).Write("energy.txt", "-76.4");
/// host.Runs&lt;Relax&gt;().FirstAttempts(2).Take(TimeSpan.FromMinutes(1)).Print("no convergence").Exit(3);
/// </code></example>
public sealed class RunScript
{
    private readonly List<Func<ScriptedRun, TimeSpan>> _steps = [];
    private readonly List<Func<ScriptedRun, bool>> _conditions = [];
    private Func<ScriptedRun, RunExit>? _end = static run => Exited(run, 0);

    internal RunScript()
    {
    }

    internal IReadOnlyList<Func<ScriptedRun, TimeSpan>> Steps => _steps;

    internal bool HeedsTerminate { get; private set; } = true;

    internal string? StartFailure { get; private set; }

    /// <summary>Makes the script count only for some runs.</summary>
    /// <param name="condition">Says which. Called again, all conditions must hold.</param>
    /// <returns>The script.</returns>
    public RunScript When(Func<ScriptedRun, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        _conditions.Add(condition);
        return this;
    }

    /// <summary>Makes the script count only for jobs with some parameters.</summary>
    /// <typeparam name="TParameters">The application's parameter type.</typeparam>
    /// <param name="condition">Says with which.</param>
    /// <returns>The script.</returns>
    public RunScript When<TParameters>(Func<TParameters, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return When((ScriptedRun run) => condition(run.GetParameters<TParameters>()));
    }

    /// <summary>Makes the script count only for the first runs of each job.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>The script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public RunScript FirstAttempts(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return When((ScriptedRun run) => run.Attempt <= count);
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="duration">How much; not negative.</param>
    /// <returns>The script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public RunScript Take(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        return Take(_ => duration);
    }

    /// <summary>Lets time pass, as much as the run needs.</summary>
    /// <param name="duration">How much, for example drawn from <see cref="ScriptedRun.Random"/>; a negative time is none.</param>
    /// <returns>The script.</returns>
    public RunScript Take(Func<ScriptedRun, TimeSpan> duration)
    {
        ArgumentNullException.ThrowIfNull(duration);
        _steps.Add(duration);
        return this;
    }

    /// <summary>Writes a file into the workdir.</summary>
    /// <param name="file">Its path, relative to the workdir.</param>
    /// <param name="content">What it holds.</param>
    /// <returns>The script.</returns>
    public RunScript Write(string file, string content) => Do(run => run.Write(file, content));

    /// <summary>Writes a file into the workdir.</summary>
    /// <param name="file">Its path, relative to the workdir.</param>
    /// <param name="content">Says what it holds.</param>
    /// <returns>The script.</returns>
    public RunScript Write(string file, Func<ScriptedRun, string> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Do(run => run.Write(file, content(run)));
    }

    /// <summary>Writes a line to <c>job.out</c>.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The script.</returns>
    public RunScript Print(string line) => Do(run => run.Print(line));

    /// <summary>Does anything. It runs between two turns of the launcher, and must not wait.</summary>
    /// <param name="step">What to do. An exception comes out of the call that runs the host.</param>
    /// <returns>The script.</returns>
    public RunScript Do(Action<ScriptedRun> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Take(run =>
        {
            step(run);
            return TimeSpan.Zero;
        });
    }

    /// <summary>Ends runs with an exit code.</summary>
    /// <param name="code">The code.</param>
    /// <returns>The script.</returns>
    public RunScript Exit(int code) => Exit(_ => code);

    /// <summary>Ends runs with an exit code.</summary>
    /// <param name="code">Says which.</param>
    /// <returns>The script.</returns>
    public RunScript Exit(Func<ScriptedRun, int> code)
    {
        ArgumentNullException.ThrowIfNull(code);
        _end = run => Exited(run, code(run));
        return this;
    }

    /// <summary>Ends runs by a signal, as a crash does.</summary>
    /// <param name="signal">Its number, for example 11 for an invalid memory access.</param>
    /// <returns>The script.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="signal"/> is not from 1 to 64.</exception>
    public RunScript Die(int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(signal, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal, 64);
        _end = run => Killed(run, signal);
        return this;
    }

    /// <summary>Runs never end by themselves: until their time limit, a cancellation, or the launcher's end.</summary>
    /// <returns>The script.</returns>
    public RunScript Hang()
    {
        _end = null;
        return this;
    }

    /// <summary>Runs do not heed SIGTERM: they go on until SIGKILL, after <see cref="LauncherOptions.KillGrace"/>.</summary>
    /// <returns>The script.</returns>
    public RunScript IgnoreTerminate()
    {
        HeedsTerminate = false;
        return this;
    }

    /// <summary>Runs cannot start, as when the program is not there: their jobs fail with <see cref="FailureKind.StartFailed"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The script.</returns>
    public RunScript FailToStart(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        StartFailure = reason;
        return this;
    }

    internal bool Suits(ScriptedRun run) => _conditions.TrueForAll(condition => condition(run));

    /// <summary>How the run ends; null when it hangs.</summary>
    internal RunExit? EndOf(ScriptedRun run) => _end?.Invoke(run);

    internal static RunExit Killed(ScriptedRun run, int signal) => new() { RunId = run.Request.RunId, Kind = RunExitKind.Signaled, Code = signal, Pid = 1 };

    private static RunExit Exited(ScriptedRun run, int code) => new() { RunId = run.Request.RunId, Kind = RunExitKind.Exited, Code = code, Pid = 1 };
}
