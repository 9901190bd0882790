using System.Security.Cryptography;
using System.Text;

namespace WorkflowReplay;

/// <summary>A graph of tasks, every parent known and no task before itself.</summary>
internal sealed class Workflow
{
    private readonly List<WorkflowTask>[] _children;
    private readonly List<WorkflowTask> _inOrder = [];

    /// <summary>Takes tasks, numbered from 1 in their order.</summary>
    /// <exception cref="RefusedException">The parents form a circle.</exception>
    public Workflow(string name, IReadOnlyList<WorkflowTask> tasks)
    {
        Name = name;
        Tasks = tasks;
        _children = [.. tasks.Select(_ => new List<WorkflowTask>())];
        foreach (WorkflowTask task in tasks)
        {
            foreach (int parent in task.Parents)
            {
                _children[parent - 1].Add(task);
            }
        }

        Sort();
        Levels = CountLevels();
    }

    /// <summary>The workflow's name.</summary>
    public string Name { get; }

    /// <summary>The tasks in the order of the file.</summary>
    public IReadOnlyList<WorkflowTask> Tasks { get; }

    /// <summary>The number of tasks on the longest way through the graph.</summary>
    public int Levels { get; }

    /// <summary>The number of parent-child pairs.</summary>
    public int Edges => Tasks.Sum(task => task.Parents.Count);

    /// <summary>What tells this graph from others: a hash of ids and parents.</summary>
    public string Fingerprint()
    {
        var graph = new StringBuilder();
        foreach (WorkflowTask task in Tasks)
        {
            graph.Append(task.Id).Append('\0').AppendJoin(' ', task.Parents).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(graph.ToString())).AsSpan(0, 12));
    }

    /// <summary>For each task, by number - 1, the length of the longest way from its start to the end of the workflow.</summary>
    /// <param name="seconds">How long each task takes.</param>
    public double[] LongestWays(Func<WorkflowTask, double> seconds)
    {
        var ways = new double[Tasks.Count];
        foreach (WorkflowTask task in Enumerable.Reverse(_inOrder))
        {
            ways[task.Number - 1] = seconds(task) + _children[task.Number - 1].Select(child => ways[child.Number - 1]).DefaultIfEmpty().Max();
        }

        return ways;
    }

    private int CountLevels() => (int)LongestWays(_ => 1).Max();

    // Kahn's algorithm: what cannot be ordered is on a circle, or behind one.
    private void Sort()
    {
        int[] waiting = [.. Tasks.Select(task => task.Parents.Count)];
        var free = new Queue<WorkflowTask>(Tasks.Where(task => task.Parents.Count == 0));
        while (free.TryDequeue(out WorkflowTask? task))
        {
            _inOrder.Add(task);
            foreach (WorkflowTask child in _children[task.Number - 1].Where(child => --waiting[child.Number - 1] == 0))
            {
                free.Enqueue(child);
            }
        }

        if (_inOrder.Count < Tasks.Count)
        {
            throw new RefusedException($"the tasks form a circle: {DescribeCircle(waiting)}.");
        }
    }

    // From any task that is left, walking to a parent that is left must come round.
    private string DescribeCircle(int[] waiting)
    {
        WorkflowTask at = Tasks.First(task => waiting[task.Number - 1] > 0);
        List<WorkflowTask> way = [];
        while (!way.Contains(at))
        {
            way.Add(at);
            at = Tasks[at.Parents.First(parent => waiting[parent - 1] > 0) - 1];
        }

        return string.Join(" after ", way.Skip(way.IndexOf(at)).Take(5).Append(at).Select(task => $"'{Text.Short(task.Id)}'"));
    }
}
