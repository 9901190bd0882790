using System.Globalization;
using System.Text;

namespace Balsam.Launch.Lifecycle;

/// <summary>Which hooks are under way, in a file of the data directory: so that the next launcher knows which of them this one did not survive.</summary>
/// <remarks>
/// A line for each call and each end, never synced: it has to outlive the process, not the machine, whose end no hook is to blame for. Each launcher writes a file of its own, reads those of
/// launchers that are no more, and takes their counts over. A ledger that cannot be written does not keep anybody from work.
/// </remarks>
internal sealed class HookLedger : IDisposable
{
    private const string Prefix = ".balsam-hooks-";
    private const long Longest = 1 << 20;

    private readonly string _path;
    private readonly Dictionary<HookCall, int> _losses;
    private readonly HashSet<HookCall> _active = [];
    private FileStream? _file;

    private HookLedger(string path, Dictionary<HookCall, int> losses)
    {
        _path = path;
        _losses = losses;
    }

    /// <summary>Opens the ledger of a session.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="session">The session.</param>
    /// <param name="alive">The sessions whose ledgers are still written.</param>
    public static HookLedger Open(string directory, SessionId session, IEnumerable<SessionId> alive)
    {
        HashSet<string> living = [.. alive.Select(each => Prefix + each)];
        Dictionary<HookCall, int> losses = [];
        string[] dead = [.. Directory.EnumerateFiles(directory, Prefix + "*").Where(path => !living.Contains(Path.GetFileName(path)))];
        foreach (string path in dead)
        {
            Read(path, losses);
        }

        var ledger = new HookLedger(Path.Combine(directory, Prefix + session), losses);
        if (losses.Count > 0)
        {
            ledger.Rewrite();
        }

        foreach (string path in dead)
        {
            Try(() => File.Delete(path));
        }

        return ledger;
    }

    /// <summary>The calls that launchers did not survive.</summary>
    public IReadOnlyCollection<HookCall> Lost => [.. _losses.Keys];

    /// <summary>Strikes calls out that will not be made again.</summary>
    public void Forget(IEnumerable<HookCall> calls)
    {
        foreach (HookCall call in calls)
        {
            End(call);
        }
    }

    /// <summary>How many launchers in a row did not survive the call.</summary>
    public int LossesOf(HookCall call) => _losses.GetValueOrDefault(call);

    /// <summary>Notes that a hook is called.</summary>
    public void Begin(HookCall call)
    {
        _active.Add(call);
        Append('+', call, LossesOf(call));
    }

    /// <summary>Notes that a launcher has outlived the call.</summary>
    public void End(HookCall call)
    {
        _active.Remove(call);
        _losses.Remove(call);
        Append('-', call, 0);
        if (_file?.Length > Longest)
        {
            Rewrite();
        }
    }

    /// <summary>Ends the ledger; it leaves a file only where there is something to know.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        if (_active.Count + _losses.Count == 0)
        {
            Try(() => File.Delete(_path));
        }
    }

    private static void Read(string path, Dictionary<HookCall, int> losses) => Try(() =>
    {
        Dictionary<HookCall, int> active = [];
        foreach (string line in File.ReadLines(path))
        {
            // The last line of a launcher that was killed may be cut short.
            if (line.Split(' ') is not [var sign, var job, var attempt, var state, var count, "."]
                || !long.TryParse(job, CultureInfo.InvariantCulture, out long id) || id < 1
                || !int.TryParse(attempt, CultureInfo.InvariantCulture, out int number)
                || !Enum.TryParse(state, out JobState at)
                || !int.TryParse(count, CultureInfo.InvariantCulture, out int lost))
            {
                continue;
            }

            var call = new HookCall(new JobId(id), number, at);
            active.Remove(call);
            losses.Remove(call);
            if (sign == "+")
            {
                active.Add(call, lost + 1);
            }
            else if (sign == "=")
            {
                losses.Add(call, lost);
            }
        }

        foreach ((HookCall call, int lost) in active)
        {
            losses[call] = lost;
        }
    });

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then a launcher more may be lost before the limit is seen.
        }
    }

    private void Append(char sign, HookCall call, int losses) => Try(() =>
    {
        _file ??= Open(_path, FileMode.Append, FileShare.ReadWrite | FileShare.Delete);
        _file.Write(Line(sign, call, losses));
    });

    private void Rewrite() => Try(() =>
    {
        _file?.Dispose();
        _file = null;
        using (FileStream next = Open(_path + ".new", FileMode.Create, FileShare.None))
        {
            foreach ((HookCall call, int losses) in _losses.Where(each => !_active.Contains(each.Key)))
            {
                next.Write(Line('=', call, losses));
            }

            foreach (HookCall call in _active)
            {
                next.Write(Line('+', call, LossesOf(call)));
            }
        }

        File.Move(_path + ".new", _path, overwrite: true);
    });

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static byte[] Line(char sign, HookCall call, int losses) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign} {call.Job} {call.Attempt} {call.State} {losses} .\n"));
}
