using System.ComponentModel;
using System.Diagnostics;

namespace Balsam.Launch.Running;

/// <summary>A run of <see cref="ProcessJobRunner"/>, and the signals that reach it before its process is there.</summary>
internal sealed class ProcessRun
{
    private readonly Lock _lock = new();
    private Process? _process;
    private RunSignal? _pending;

    public void Attach(Process process)
    {
        lock (_lock)
        {
            _process = process;
            if (_pending is { } signal)
            {
                Send(process, signal);
            }
        }
    }

    public void Detach()
    {
        lock (_lock)
        {
            _process = null;
        }
    }

    public void Signal(RunSignal signal)
    {
        lock (_lock)
        {
            if (_process is not null)
            {
                Send(_process, signal);
            }
            else
            {
                _pending = _pending == RunSignal.Kill ? _pending : signal;
            }
        }
    }

    private static void Send(Process process, RunSignal signal)
    {
        try
        {
            if (process.HasExited)
            {
                return;
            }

            if (signal == RunSignal.Terminate && !OperatingSystem.IsWindows())
            {
                _ = LibC.Kill(process.Id, LibC.SigTerm);
            }
            else
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended meanwhile, or part of its tree did.
        }
    }
}
