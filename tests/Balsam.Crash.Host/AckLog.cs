using System.Globalization;
using System.Text;

namespace Balsam.Crash;

/// <summary>What the campaign's user meant to do, and what he was told: a file that only grows, one write a line, so that it outlives the host.</summary>
public sealed class AckLog : IDisposable
{
    private readonly FileStream _file;

    /// <param name="directory">The directory of the campaign.</param>
    public AckLog(string directory)
    {
        string path = PathIn(directory);
        Entries = Read(directory);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>What was there when it was opened.</summary>
    public IReadOnlyList<AckEntry> Entries { get; }

    /// <summary>Reads the entries of a campaign.</summary>
    public static IReadOnlyList<AckEntry> Read(string directory) => File.Exists(PathIn(directory)) ? [.. File.ReadLines(PathIn(directory)).Select(AckEntry.Parse)] : [];

    /// <summary>Writes one entry; it is safe from the death of the process when the call returns.</summary>
    public void Write(AckEntry entry)
    {
        lock (_file)
        {
            _file.Write(Encoding.UTF8.GetBytes(entry + "\n"));
        }
    }

    public void Dispose() => _file.Dispose();

    private static string PathIn(string directory) => Path.Combine(directory, "acknowledged");
}
