namespace Balsam.Launch.Running;

/// <summary>By what the processes that are looked for are known.</summary>
internal sealed class OrphanMarks
{
    /// <summary>A process that has one of these is looked for, unless <see cref="Others"/> says otherwise.</summary>
    public required IReadOnlyList<EnvironmentMark> Ours { get; init; }

    /// <summary>A process that has this one is let alone, whatever else it has; null for none.</summary>
    public EnvironmentMark? Others { get; init; }

    /// <summary>Whether a soft limit on realtime processor time is the mark (<see cref="RunMark"/>) of a run that is looked for.</summary>
    public Func<ulong, bool> OurLimit { get; init; } = _ => false;

    /// <summary>Processes to leave alone; the one that looks always is.</summary>
    public IReadOnlySet<int> Except { get; init; } = new HashSet<int>();

    /// <summary>The processes of some runs of a runner.</summary>
    public static OrphanMarks OfRuns(RunMarker marker, IEnumerable<LinuxRun> runs)
    {
        HashSet<string> values = new(StringComparer.Ordinal);
        HashSet<ulong> limits = [];
        foreach (LinuxRun run in runs)
        {
            values.Add(marker.ValueOf(run.RunId));
            if (run.Mark is { } mark)
            {
                limits.Add(mark);
            }
        }

        return new OrphanMarks
        {
            Ours = values.Count == 0 ? [] : [new EnvironmentMark(RunMarker.Variable, values.Contains)],
            Others = new EnvironmentMark(RunMarker.Variable, value => marker.IsOfThisRunner(value) && !values.Contains(value)),
            OurLimit = limits.Contains,
        };
    }

    /// <summary>What the environment of a process says.</summary>
    public ProcessVerdict Judge(ReadOnlySpan<byte> environment)
    {
        if (Others?.IsIn(environment) == true)
        {
            return ProcessVerdict.Other;
        }

        foreach (EnvironmentMark mark in Ours)
        {
            if (mark.IsIn(environment))
            {
                return ProcessVerdict.Ours;
            }
        }

        return ProcessVerdict.Unmarked;
    }
}
