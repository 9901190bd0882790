namespace Balsam.Testing;

/// <summary>The scripts of a host, by application.</summary>
internal sealed class ScriptBook
{
    private readonly Lock _gate = new();
    private readonly List<(ApplicationName? Application, RunScript Script)> _scripts = [];

    public RunScript Add(ApplicationName? application)
    {
        var script = new RunScript();
        lock (_gate)
        {
            _scripts.Add((application, script));
        }

        return script;
    }

    /// <summary>The script made last that suits a run; null when there is none.</summary>
    public RunScript? Find(ScriptedRun run)
    {
        (ApplicationName? Application, RunScript Script)[] scripts;
        lock (_gate)
        {
            scripts = [.. _scripts];
        }

        return Array.FindLast(scripts, entry => (entry.Application is not { } application || application == run.Job.Application) && entry.Script.Suits(run)).Script;
    }
}
