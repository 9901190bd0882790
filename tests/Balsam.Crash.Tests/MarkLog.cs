using System.Globalization;

namespace Balsam.Crash.Tests;

/// <summary>The marks that the processes of jobs have left, in the order in which they were written.</summary>
internal sealed class MarkLog
{
    private readonly List<(string What, long Job, int Attempt, string Process)> _marks = [];
    private readonly HashSet<(long Job, int Attempt)> _ended;

    private MarkLog(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            _marks.Add((words[0], long.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture), $"{words[3]} started at {words[4]}"));
        }

        Begins = _marks.Where(mark => mark.What == "begin").CountBy(mark => (mark.Job, mark.Attempt)).ToDictionary();
        _ended = [.. _marks.Where(mark => mark.What == "end").Select(mark => (mark.Job, mark.Attempt))];
    }

    /// <summary>How often each attempt began.</summary>
    public IReadOnlyDictionary<(long Job, int Attempt), int> Begins { get; }

    public static MarkLog Read(string path) => new(File.Exists(path) ? File.ReadLines(path) : []);

    /// <summary>Whether the process of an attempt came to its end.</summary>
    public bool HasEnded(long job, int attempt) => _ended.Contains((job, attempt));

    /// <summary>Processes of an attempt that lived when a later attempt had begun, or found its lock held.</summary>
    public IEnumerable<string> Overlaps()
    {
        Dictionary<long, int> current = [];
        foreach ((string what, long job, int attempt, string process) in _marks)
        {
            int running = current.GetValueOrDefault(job);
            if (what == "violation")
            {
                yield return $"Attempt {attempt} of job {job} (process {process}) found a process of an earlier attempt alive: it held the job's lock.";
            }
            else if (attempt < running)
            {
                yield return $"Process {process} of attempt {attempt} of job {job} wrote '{what}' when attempt {running} had begun.";
            }

            current[job] = what == "begin" ? Math.Max(running, attempt) : running;
        }
    }
}
