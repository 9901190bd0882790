using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Balsam.Crash;

/// <summary>Kills this process as <c>kill -9</c> does, at the instant of its plan.</summary>
public sealed class KillSwitch : IDisposable
{
    private readonly Process _self = Process.GetCurrentProcess();
    private readonly FileStream _kills;
    private readonly string _directory;
    private CrashPlan _plan = new(CrashPlan.Never);
    private int _passages;
    private int _ticks;
    private volatile bool _isCounting;

    /// <param name="directory">The directory of the campaign; <c>kills</c> in it tells which instants were hit.</param>
    public KillSwitch(string directory)
    {
        _directory = directory;
        _kills = new FileStream(Path.Combine(directory, "kills"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>What this host is to do.</summary>
    public CrashPlan Plan
    {
        get => _plan;
        set
        {
            foreach (string armed in Directory.EnumerateFiles(_directory, "arm-*"))
            {
                File.Delete(armed);
            }

            _plan = value;
        }
    }

    /// <summary>How many ticks there were since the instant of the plan.</summary>
    public int Ticks => Volatile.Read(ref _ticks);

    /// <summary>The host has come to an instant.</summary>
    public void Reach(string instant)
    {
        if (instant == _plan.Instant && Interlocked.Increment(ref _passages) == _plan.Count)
        {
            Fire(instant);
        }
    }

    /// <summary>A process of a job is about to be started: it, or what becomes of it, kills this host when the plan says so.</summary>
    public void ReachProcess()
    {
        if (_plan.Instant.StartsWith(CrashInstants.Script, StringComparison.Ordinal) && Interlocked.Increment(ref _passages) == _plan.Count)
        {
            File.WriteAllText(Path.Combine(_directory, "arm-" + _plan.Instant[CrashInstants.Script.Length..]), "");
        }
    }

    /// <summary>Does something whose file operations are instants: right before it, inside, and right after.</summary>
    public async Task<T> AroundAsync<T>(IReadOnlyCollection<string> names, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Reach(names, CrashInstants.Before);
        Reach(names, CrashInstants.Inside);
        T result = await work().ConfigureAwait(false);
        if (names.Any(name => _plan.Instant == name + CrashInstants.Inside))
        {
            StopCounting();
        }

        Reach(names, CrashInstants.After);
        return result;
    }

    /// <summary>A file operation is about to be done.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="half">Does the first half of it; null when it cannot be done by halves.</param>
    public void Tick(string operation, Action? half = null)
    {
        Reach(operation);
        if (!_isCounting)
        {
            return;
        }

        if (Interlocked.Increment(ref _ticks) == _plan.Tick)
        {
            Die(_plan.Instant, operation);
        }

        if (half is not null && Interlocked.Increment(ref _ticks) == _plan.Tick)
        {
            half();
            Die(_plan.Instant, operation + " (half)");
        }
    }

    /// <summary>What was being done is over, and the tick of the plan did not come: the next passage will do.</summary>
    public void StopCounting()
    {
        if (_isCounting)
        {
            _isCounting = false;
            _plan = _plan with { Tick = 1 };
            Interlocked.Exchange(ref _ticks, 0);
            Interlocked.Exchange(ref _passages, _plan.Count - 1);
        }
    }

    public void Dispose()
    {
        _kills.Dispose();
        _self.Dispose();
    }

    private void Reach(IReadOnlyCollection<string> names, string part)
    {
        foreach (string name in names)
        {
            Reach(name + part);
        }
    }

    private void Fire(string instant)
    {
        if (_plan.Tick == 0)
        {
            Die(instant, "");
        }
        else if (instant == CrashInstants.SpawnHanded)
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < _plan.Tick)
            {
                Thread.SpinWait(10);
            }

            Die(instant, "");
        }
        else
        {
            _isCounting = true;
        }
    }

    [DoesNotReturn]
    private void Die(string instant, string detail)
    {
        _kills.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{instant} {detail}\n")));
        while (true)
        {
            _self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
