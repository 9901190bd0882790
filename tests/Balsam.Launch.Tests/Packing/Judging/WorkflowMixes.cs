using System.Text.Json;

namespace Balsam.Launch.Tests.Packing.Judging;

/// <summary>Mixes replayed from workflow instances (WfFormat 1.5).</summary>
internal static class WorkflowMixes
{
    private const int CoresPerNode = 8;

    /// <summary>Several copies of a recorded workflow at once, with the run times recorded.</summary>
    public static Mix Read(string path, int nodes, int copies, Estimates estimates)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement workflow = document.RootElement.GetProperty("workflow");
        var runs = workflow.GetProperty("execution").GetProperty("tasks").EnumerateArray().ToDictionary(static task => task.GetProperty("id").GetString()!);
        JsonElement[] tasks = InOrder([.. workflow.GetProperty("specification").GetProperty("tasks").EnumerateArray()]);
        var numbers = tasks.Select(static (task, i) => (Id: task.GetProperty("id").GetString()!, Number: i + 1)).ToDictionary(static task => task.Id, static task => task.Number);
        var random = new Random(nodes);
        MixJob[] jobs = [.. Enumerable.Range(0, copies).SelectMany(copy => tasks.Select((task, i) => Job(task, i + 1, copy * tasks.Length)))];
        return new Mix($"{copies} {Path.GetFileNameWithoutExtension(path)} × {nodes}, {estimates}", [.. Enumerable.Range(0, nodes).Select(static i => new NodeSpec($"n{i}", CoresPerNode))], jobs);

        MixJob Job(JsonElement task, int number, int before)
        {
            JsonElement run = runs[task.GetProperty("id").GetString()!];
            int seconds = Math.Max(1, (int)Math.Round(run.GetProperty("runtimeInSeconds").GetDouble()));
            int cores = run.TryGetProperty("coreCount", out JsonElement count) ? Math.Clamp((int)count.GetDouble(), 1, CoresPerNode) : 1;
            var resources = new JobResources { ThreadsPerRank = cores, WallTime = MixMaker.Estimate(estimates, seconds, random) };
            return new MixJob(before + number, resources, seconds, [.. Parents(task).Select(parent => before + numbers[parent])]);
        }
    }

    private static string[] Parents(JsonElement task) => [.. task.GetProperty("parents").EnumerateArray().Select(static parent => parent.GetString()!).Distinct()];

    // Parents first, else in the order of the file.
    private static JsonElement[] InOrder(JsonElement[] tasks)
    {
        List<JsonElement> ordered = [];
        HashSet<string> done = [];
        while (ordered.Count < tasks.Length)
        {
            JsonElement[] next = [.. tasks.Where(task => !done.Contains(task.GetProperty("id").GetString()!) && Parents(task).All(done.Contains))];
            Assert.That(next, Is.Not.Empty, "the graph has no cycle");
            ordered.AddRange(next);
            done.UnionWith(next.Select(static task => task.GetProperty("id").GetString()!));
        }

        return [.. ordered];
    }
}
