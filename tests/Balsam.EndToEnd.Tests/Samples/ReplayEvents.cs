using System.Globalization;
using System.Text.Json;

namespace Balsam.EndToEnd.Tests.Samples;

/// <summary>The event file of a replay, read as a stranger would: by its documented members, and with the workflow file beside it.</summary>
internal sealed class ReplayEvents
{
    private readonly List<(string Name, string From, string To, DateTimeOffset At)> _steps = [];

    /// <summary>Reads the file, and checks what holds for every one: each step of a task begins where its last one ended, and not earlier.</summary>
    public static ReplayEvents Read(string path)
    {
        var events = new ReplayEvents();
        Dictionary<string, (string State, DateTimeOffset At)> last = [];
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string Text(string member) => json.RootElement.GetProperty(member).GetString()!;
            (string name, string from, string to) = (Text("name"), Text("from"), Text("to"));
            var at = DateTimeOffset.ParseExact(Text("at"), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            Assert.That(json.RootElement.GetProperty("job").GetInt64(), Is.Positive);
            (string State, DateTimeOffset At) before = last.GetValueOrDefault(name, ("CREATED", at));
            Assert.That(from, Is.EqualTo(before.State), line);
            Assert.That(at, Is.GreaterThanOrEqualTo(before.At), line);
            last[name] = (to, at);
            events._steps.Add((name, from, to, at));
        }

        return events;
    }

    /// <summary>How often a task came to a state.</summary>
    public int Count(string name, string to) => _steps.Count(step => step.Name == name && step.To == to);

    /// <summary>How often any task came to a state.</summary>
    public int Count(string to) => _steps.Count(step => step.To == to);

    /// <summary>Checks against the workflow file that every task finished, and none was RUNNING before all its parents were JOB_FINISHED.</summary>
    /// <returns>The ids of the tasks.</returns>
    public IReadOnlyList<string> CheckOrder(string workflow)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(workflow));
        List<string> ids = [];
        foreach (JsonElement task in json.RootElement.GetProperty("workflow").GetProperty("specification").GetProperty("tasks").EnumerateArray())
        {
            string id = task.GetProperty("id").GetString()!;
            ids.Add(id);
            int start = _steps.FindIndex(step => step.Name == id && step.To == "RUNNING");
            Assert.That(start, Is.Not.Negative, id);
            Assert.That(Count(id, "JOB_FINISHED"), Is.EqualTo(1), id);
            foreach (string parent in task.GetProperty("parents").EnumerateArray().Select(element => element.GetString()!))
            {
                int end = _steps.FindIndex(step => step.Name == parent && step.To == "JOB_FINISHED");
                Assert.That(end, Is.Not.Negative.And.LessThan(start), $"{id} after {parent}");
                Assert.That(_steps[start].At, Is.GreaterThanOrEqualTo(_steps[end].At), $"{id} after {parent}");
            }
        }

        Assert.That(_steps.Select(step => step.Name).Distinct(), Is.EquivalentTo(ids));
        return ids;
    }
}
