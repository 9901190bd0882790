namespace Balsam.EndToEnd.Tests.Samples;

public sealed class WorkflowReplayTests
{
    private const string Sample = "WorkflowReplay";

    private static IEnumerable<TestCaseData> Instances() =>
        SamplePaths.WorkflowInstances().Select(path => new TestCaseData(path).SetArgDisplayNames(Path.GetFileNameWithoutExtension(path)));

    private static string Diamond => SamplePaths.WorkflowInstances().First();

    [TestCaseSource(nameof(Instances))]
    public async Task Replay_OfAnInstance_FinishesEveryTaskAfterItsParents(string instance)
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, instance, "--scale", "0.001", "--cores", "4", "--events", "events.jsonl");
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        Assert.That(result.Output, Does.Match(@"(?m)^utilization +[0-9.]+ %"));
        ReplayEvents events = ReplayEvents.Read(directory["events.jsonl"]);
        IReadOnlyList<string> tasks = events.CheckOrder(instance);
        Assert.That(events.Count("RUNNING"), Is.EqualTo(tasks.Count));
    }

    [Test]
    public async Task Replay_KilledAndTerminatedInTheMiddle_GoesOnAndRepeatsOnlyWhatWasInterrupted()
    {
        using var directory = new TemporaryDirectory();
        string[] arguments = [Diamond, "--scale", "0.3", "--cores", "2", "--store", "store", "--events", "events.jsonl"];
        using (SampleProcess first = SampleProcess.Start(Sample, directory.Path, arguments))
        {
            // Two tasks run at a time: of the four that have left their markers, two are recorded.
            await first.WaitForFilesAsync(directory["store/data/tasks"], "*.done", 4);
            await first.KillAsync();
        }

        using (SampleProcess second = SampleProcess.Start(Sample, directory.Path, arguments))
        {
            string continued = await second.WaitForLineAsync(line => line.StartsWith("Going on", StringComparison.Ordinal));
            Assert.That(continued, Does.Match("[2-9] of 10 tasks had finished before"));
            await second.WaitForLineAsync(line => line.Contains("of 10 jobs ended", StringComparison.Ordinal));
            second.Terminate();
            Assert.That((await second.ExitAsync()).ExitCode, Is.EqualTo(143));
        }

        SampleResult third = await SampleProcess.RunAsync(Sample, directory.Path, arguments);
        Assert.That(third.ExitCode, Is.Zero, third.Errors);
        ReplayEvents events = ReplayEvents.Read(directory["events.jsonl"]);
        foreach (string task in events.CheckOrder(Diamond))
        {
            Assert.That(events.Count(task, "RUNNING"), Is.EqualTo(1 + events.Count(task, "RUN_TIMEOUT")), task);
        }

        // No more than two cores were busy at each of the two interruptions.
        Assert.That(events.Count("RUN_TIMEOUT"), Is.LessThanOrEqualTo(4));

        SampleResult fourth = await SampleProcess.RunAsync(Sample, directory.Path, arguments);
        Assert.That(fourth.ExitCode, Is.Zero, fourth.Errors);
        Assert.That(ReplayEvents.Read(directory["events.jsonl"]).Count("RUNNING"), Is.EqualTo(events.Count("RUNNING")));
    }

    [Test]
    public async Task Replay_WhereAParentLeavesNoMarker_FailsAndIsMendedByAnotherStart()
    {
        using var directory = new TemporaryDirectory();
        string workflow = Write(directory, Entry("a", 0), Entry("b", 1, "a"));
        using (SampleProcess process = SampleProcess.Start(Sample, directory.Path, workflow, "--store", "store", "--scale", "3"))
        {
            await process.WaitForLineAsync(line => line.StartsWith("1 of 2", StringComparison.Ordinal));
            await process.KillAsync();
        }

        string marker = directory["store/data/tasks/1.done"];
        File.Move(marker, marker + ".aside");
        SampleResult broken = await SampleProcess.RunAsync(Sample, directory.Path, workflow, "--store", "store");
        Assert.That(broken.ExitCode, Is.EqualTo(1));
        Assert.That(broken.Errors, Does.StartWith("1 of 2 tasks have not finished").And.Contain("b: FAILED"));
        Assert.That(await File.ReadAllTextAsync(directory["store/data/tasks/2-b/job.out"]), Does.Contain("the marker of task 1 is missing"));

        File.Move(marker + ".aside", marker);
        SampleResult mended = await SampleProcess.RunAsync(Sample, directory.Path, workflow, "--store", "store");
        Assert.That(mended.ExitCode, Is.Zero, mended.Errors);
    }

    [Test]
    public async Task Replay_WithAReport_WritesAPageOfEveryTask()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, Diamond, "--scale", "0.01", "--cores", "3", "--report", "report.html");
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        string page = await File.ReadAllTextAsync(directory["report.html"]);
        using var document = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Diamond));
        string[] tasks = [.. document.RootElement.GetProperty("workflow").GetProperty("specification").GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("id").GetString()!)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tasks.Where(task => !page.Contains(task, StringComparison.Ordinal)), Is.Empty);
            Assert.That(page.Split("<rect class=\"f bar RUN_DONE\"").Length - 1, Is.EqualTo(tasks.Length), "a bar a task in the Gantt chart");
            Assert.That(page, Does.Contain("<section id=\"utilization\">").And.Contain("<section id=\"throughput\">").And.Contain("<section id=\"graph\">"));
            Assert.That(page, Does.Match(@"<dt>utilization</dt>\s*<dd>[0-9.]+ %</dd>"), "the launcher is known");
        }
    }

    [Test]
    public async Task Replay_OnTheStoreOfAnotherWorkflow_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        SampleResult first = await SampleProcess.RunAsync(Sample, directory.Path, Write(directory, Entry("a", 0)), "--store", "store");
        Assert.That(first.ExitCode, Is.Zero, first.Errors);
        SampleResult second = await SampleProcess.RunAsync(Sample, directory.Path, Diamond, "--store", "store");
        Demand(second, "another workflow");
    }

    [Test]
    public async Task Replay_OfHostileIds_RunsThemAsNames()
    {
        using var directory = new TemporaryDirectory();
        string workflow = Write(directory, Entry("../../'; touch pwned; '", 0), Entry("$(touch pwned)", 0, "../../'; touch pwned; '"), Entry(new string('x', 5000), 0, "$(touch pwned)"));
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, workflow, "--store", "store", "--events", "events.jsonl");
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        ReplayEvents.Read(directory["events.jsonl"]).CheckOrder(workflow);
        Assert.That(Directory.EnumerateFiles(directory.Path, "pwned", SearchOption.AllDirectories), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(directory["store/data"]), Has.Length.EqualTo(1));
    }

    [TestCase("", "not a JSON object")]
    [TestCase("[]", "not a JSON object")]
    [TestCase("{", "not a JSON object")]
    [TestCase("{}", "not WfFormat 1.5")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a"}]}}}""", "recorded run times")]
    [TestCase("""{"workflow":{"specification":{"tasks":[]},"execution":{"tasks":[]}}}""", "no tasks")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a"}]},"execution":{"tasks":[]}}}""", "'a' has no runtimeInSeconds")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a"}]},"execution":{"tasks":[{"id":"a","runtimeInSeconds":-1}]}}}""", "-1")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a"}]},"execution":{"tasks":[{"id":"a","runtimeInSeconds":"1"}]}}}""", "runtimeInSeconds cannot be read")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a"},{"id":"a"}]},"execution":{"tasks":[]}}}""", "two tasks have the id 'a'")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a","parents":["b"]}]},"execution":{"tasks":[]}}}""", "parent 'b'")]
    [TestCase("""{"workflow":{"specification":{"tasks":[{"id":"a","parents":["b"]},{"id":"b","parents":["a"]}]},"execution":{"tasks":[{"id":"a","runtimeInSeconds":1},{"id":"b","runtimeInSeconds":1}]}}}""", "circle")]
    public async Task Replay_OfABadFile_IsRefusedWithOneLine(string content, string reason)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["bad.json"], content);
        Demand(await SampleProcess.RunAsync(Sample, directory.Path, "bad.json", "--store", "store"), reason);
        Assert.That(Directory.Exists(directory["store"]), Is.False);
    }

    [TestCase("no such file", "nowhere.json")]
    [TestCase("unknown option '--frob'", "--frob")]
    [TestCase("--scale needs a value", "--scale")]
    [TestCase("--scale -1", "--scale", "-1")]
    [TestCase("--cores 0", "--cores", "0")]
    [TestCase("cannot be written", "--events", "nowhere/events.jsonl")]
    [TestCase("cannot be written", "--report", "nowhere/report.html")]
    [TestCase("cannot be written", "--simulate", "--report", "nowhere/report.html")]
    [TestCase("--nodes means nothing without --simulate", "--nodes", "2")]
    [TestCase("--store means nothing with --simulate", "--simulate", "--store", "here")]
    [TestCase("give one of them, once", "--simulate", "--calibrate")]
    [TestCase("--nodes 0 is not a whole number", "--simulate", "--nodes", "0")]
    public async Task Replay_WithABadCommandLine_IsRefusedWithOneLine(string reason, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        Demand(await SampleProcess.RunAsync(Sample, directory.Path, arguments), reason);
    }

    [Test]
    public async Task Help_NamesEveryOption()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, "--help");
        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Does.Contain("--scale").And.Contain("--store").And.Contain("--cores").And.Contain("--events").And.Contain("--report").And.Contain("--simulate").And.Contain("--nodes").And.Contain("--cores-per-node").And.Contain("--calibrate"));
    }

    [TestCaseSource(nameof(Instances))]
    public async Task Simulate_OfAnInstance_ForecastsItsMakespanAndWritesThePageOfAReplay(string instance)
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, instance, "--simulate", "--nodes", "2", "--cores-per-node", "4", "--report", "report.html");
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        Assert.That(result.Output, Does.Match("(?m)^makespan +[0-9]").And.Match("(?m)^critical path +[0-9]").And.Match("(?m)^  used +[0-9.]+ "));
        Assert.That(await File.ReadAllTextAsync(directory["report.html"]), Does.Contain("<section id=\"gantt\">").And.Contain("<section id=\"utilization\">"));
    }

    [Test]
    public async Task Calibrate_OfAnInstance_SaysHowFarForecastAndReplayAreApart()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, Diamond, "--calibrate", "--scale", "0.1", "--cores", "2");
        Assert.That(result.ExitCode, Is.Zero, result.Errors);
        Assert.That(result.Output, Does.Match(@"(?m)^\S+ +10 +0\.1 +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +-?[0-9.]+$"));
    }

    private static void Demand(SampleResult result, string reason)
    {
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Errors);
        Assert.That(result.Errors.TrimEnd('\n'), Does.StartWith("WorkflowReplay: ").And.Contain(reason).And.Not.Contain("\n"));
    }

    private static (string Id, double Seconds, string[] Parents) Entry(string id, double seconds, params string[] parents) => (id, seconds, parents);

    private static string Write(TemporaryDirectory directory, params (string Id, double Seconds, string[] Parents)[] tasks)
    {
        string path = directory["workflow.json"];
        File.WriteAllText(path, System.Text.Json.JsonSerializer.Serialize(new
        {
            workflow = new
            {
                specification = new { tasks = tasks.Select(task => new { id = task.Id, name = task.Id, parents = task.Parents }) },
                execution = new { tasks = tasks.Select(task => new { id = task.Id, runtimeInSeconds = task.Seconds }) },
            },
        }));
        return path;
    }
}
