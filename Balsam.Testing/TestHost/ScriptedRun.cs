using Balsam.Launch.Running;

namespace Balsam.Testing;

/// <summary>A run of a command, as its script sees it.</summary>
public sealed class ScriptedRun
{
    private readonly TimeProvider _time;
    private readonly int _seed;
    private Random? _random;

    internal ScriptedRun(Job job, RunRequest request, TimeProvider time, int seed)
    {
        Job = job;
        Request = request;
        _time = time;
        _seed = seed;
    }

    /// <summary>The job, as it was before the start.</summary>
    public Job Job { get; }

    /// <summary>What the launcher asks to start: program, arguments, environment, workdir.</summary>
    public RunRequest Request { get; }

    /// <summary>Which run of the job it is; 1 for the first.</summary>
    public int Attempt => Request.Attempt;

    /// <summary>The job's directory, absolute.</summary>
    public string Workdir => Request.Workdir;

    /// <summary>The names of the nodes that it runs on.</summary>
    public IReadOnlyList<string> Nodes => Request.Environment.Last(variable => variable.Key == "BALSAM_NODES").Value.Split(',');

    /// <summary>The virtual time.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Random numbers of this run's own: the same for the same seed of the host, job and attempt, whatever else runs.</summary>
    public Random Random => _random ??= new Random(_seed);

    /// <summary>Reads the job's parameters.</summary>
    /// <typeparam name="T">The application's parameter type.</typeparam>
    /// <returns>The parameters.</returns>
    public T GetParameters<T>() => Job.GetParameters<T>();

    /// <summary>Writes a file into the workdir, over one that is there.</summary>
    /// <param name="file">Its path, relative to the workdir.</param>
    /// <param name="content">What it holds.</param>
    /// <exception cref="ArgumentException">The path leaves the workdir.</exception>
    public void Write(string file, string content)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        string path = Path.GetFullPath(file, Workdir);
        if (!path.StartsWith(Workdir + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ArgumentException($"A script for job {Job.Id} wants to write '{file}', which is outside its workdir {Workdir}; name a path inside.", nameof(file));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary>Writes a line to <c>job.out</c>.</summary>
    /// <param name="line">The line.</param>
    public void Print(string line) => File.AppendAllText(Path.Combine(Workdir, Request.OutputPath), line + "\n");
}
