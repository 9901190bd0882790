using Balsam.Launch.Running;

namespace Balsam.Launch.Tests.Running;

/// <summary>Holds on to a process that is not our child, to see it end.</summary>
internal sealed class WatchedProcess : IDisposable
{
    private readonly int _pidFd;

    public WatchedProcess(string pid) => _pidFd = LibC.OpenPidFd(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));

    public bool HasEnded => _pidFd < 0 || LibC.WaitReadable(_pidFd, 0);

    public bool EndsSoon => _pidFd < 0 || LibC.WaitReadable(_pidFd, 30_000);

    public void Dispose()
    {
        if (_pidFd >= 0)
        {
            _ = LibC.SignalPidFd(_pidFd, LibC.SigKill);
            _ = LibC.Close(_pidFd);
        }
    }
}
