using System.Globalization;
using System.Text.Json;

namespace WorkflowReplay.WfFormat;

/// <summary>Reads a workflow instance, and refuses one that cannot be replayed.</summary>
internal sealed class WorkflowReader
{
    // 30 years: beyond that, a run time is a mistake.
    private const double LongestRuntime = 1e9;
    private const double MostCores = 1_000_000;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<WfTask> _tasks = [];
    private readonly List<SortedSet<int>> _parents = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="RefusedException">It is not there, not WfFormat, or its graph makes no sense; the message says which.</exception>
    public static Workflow Read(string path)
    {
        try
        {
            WfDocument? document = Load(path);
            return new WorkflowReader().Build(document, Path.GetFileNameWithoutExtension(path));
        }
        catch (RefusedException refused)
        {
            throw new RefusedException($"{path}: {refused.Message}");
        }
    }

    private static WfDocument? Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, WfJson.Default.WfDocument);
        }
        catch (JsonException exception) when (exception.Path is null or "$")
        {
            throw new RefusedException($"this is not a JSON object ({Place(exception)}).");
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"this is not JSON in WfFormat 1.5: {exception.Path} cannot be read ({Place(exception)}).");
        }
        catch (InvalidOperationException exception)
        {
            throw new RefusedException($"it holds a text that is not valid Unicode ({exception.Message})");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RefusedException("there is no such file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException(Directory.Exists(path) ? "this is a directory, not a file." : $"it cannot be read ({exception.Message})");
        }
    }

    private static string Place(JsonException exception) => string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");

    private Workflow Build(WfDocument? document, string fileName)
    {
        string version = document?.SchemaVersion is { Length: > 0 } stated && stated != "1.5" ? $" (it says it is version {Text.Short(stated)})" : "";
        IReadOnlyList<WfTask?> tasks = document?.Workflow?.Specification?.Tasks
            ?? throw new RefusedException($"this is not WfFormat 1.5{version}: workflow.specification.tasks is missing.");
        IReadOnlyList<WfTaskRun?> runs = document.Workflow.Execution?.Tasks
            ?? throw new RefusedException($"workflow.execution.tasks is missing{version}: a replay needs the recorded run times.");
        if (tasks.Count == 0)
        {
            throw new RefusedException("the workflow has no tasks.");
        }

        Number(tasks);
        Connect();
        Dictionary<string, WfTaskRun> runOf = ById(runs);
        return new Workflow(
            string.IsNullOrWhiteSpace(document.Name) ? fileName : document.Name,
            [.. _tasks.Select((task, i) => Make(task, i, runOf))]);
    }

    private void Number(IReadOnlyList<WfTask?> tasks)
    {
        foreach (WfTask? task in tasks)
        {
            if (task?.Id is not { Length: > 0 } id)
            {
                throw new RefusedException(string.Create(CultureInfo.InvariantCulture, $"task {_tasks.Count + 1} of workflow.specification.tasks has no id."));
            }

            _tasks.Add(task);
            if (!_numbers.TryAdd(id, _tasks.Count))
            {
                throw new RefusedException($"two tasks have the id '{Text.Short(id)}'.");
            }
        }
    }

    // An edge counts whether the child names its parent or the parent names its child.
    private void Connect()
    {
        _parents.AddRange(_tasks.Select(_ => new SortedSet<int>()));
        for (int i = 0; i < _tasks.Count; i++)
        {
            foreach (string? parent in _tasks[i].Parents ?? [])
            {
                _parents[i].Add(Find(parent, i, "parent"));
            }

            foreach (string? child in _tasks[i].Children ?? [])
            {
                _parents[Find(child, i, "child") - 1].Add(i + 1);
            }
        }
    }

    private int Find(string? id, int task, string relation) => id is not null && _numbers.TryGetValue(id, out int number)
        ? number
        : throw new RefusedException($"task '{Text.Short(_tasks[task].Id!)}' names the {relation} '{Text.Short(id ?? "null")}', which is not in the file.");

    // Runs of what is not in the graph (staging, say) are passed over.
    private static Dictionary<string, WfTaskRun> ById(IReadOnlyList<WfTaskRun?> runs)
    {
        Dictionary<string, WfTaskRun> byId = new(StringComparer.Ordinal);
        foreach (WfTaskRun? run in runs)
        {
            if (run?.Id is { } id && !byId.TryAdd(id, run))
            {
                throw new RefusedException($"workflow.execution.tasks has the id '{Text.Short(id)}' twice.");
            }
        }

        return byId;
    }

    private WorkflowTask Make(WfTask task, int index, Dictionary<string, WfTaskRun> runs)
    {
        string shown = Text.Short(task.Id!);
        if (!runs.TryGetValue(task.Id!, out WfTaskRun? run) || run.RuntimeInSeconds is not { } runtime)
        {
            throw new RefusedException($"task '{shown}' has no runtimeInSeconds in workflow.execution.tasks.");
        }

        if (!(runtime is >= 0 and <= LongestRuntime))
        {
            throw new RefusedException(string.Create(CultureInfo.InvariantCulture, $"task '{shown}' has the runtimeInSeconds {runtime}; it must lie between 0 and {LongestRuntime}."));
        }

        double cores = run.CoreCount ?? 1;
        if (!(cores is >= 0 and <= MostCores))
        {
            throw new RefusedException(string.Create(CultureInfo.InvariantCulture, $"task '{shown}' has the coreCount {cores}; it must lie between 1 and {MostCores}."));
        }

        return new WorkflowTask(
            index + 1, task.Id!, string.IsNullOrWhiteSpace(task.Name) ? task.Id! : task.Name, [.. _parents[index]], runtime, Math.Max(1, (int)Math.Ceiling(cores)));
    }
}
