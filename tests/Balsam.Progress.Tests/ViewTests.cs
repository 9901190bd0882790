using Balsam.Storage;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Balsam.Progress.Tests;

/// <summary>What the views write.</summary>
public sealed class ViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CampaignProgress Some { get; } = new()
    {
        Counts = new JobCounts([(JobState.JobFinished, 59), (JobState.Failed, 2), (JobState.Running, 7), (JobState.AwaitingParents, 20), (JobState.StagedIn, 12)]),
        Running = [new RunInProgress(new JobId(61), "Simulate", "T2.10/[bold]seed3", Start), new RunInProgress(new JobId(62), "Simulate", "T2.10/seed4", Start.AddSeconds(30))],
        Rate = 3.24,
        TimeLeft = TimeSpan.FromSeconds(95),
        LastFailures = [new RecentFailure(new JobId(12), "Simulate", "T2.00/seed1", "exit code 3 [red]\u001b[2J", Start.AddSeconds(20))],
        StartedAt = Start,
        UpdatedAt = Start.AddSeconds(60),
    };

    [Test]
    public void Screen_SomeJobs_ShowsBarNumbersRunsAndFailures()
    {
        using TestConsole console = Screen(100);
        console.Write(new ProgressScreen(unicode: true).Draw(Some, Start.AddSeconds(65)));
        Assert.That(Lines(console.Output), Is.EqualTo(new[]
        {
            new string('█', 46) + new string('▓', 2) + new string('▒', 7) + new string('░', 25),
            "█ 59 finished   ▓ 2 failed   ▒ 7 running   ░ 32 waiting",
            "61 of 100 jobs ended, 3.2 jobs/s, about 1 min 30 s left",
            "running  61  Simulate  T2.10/[bold]seed3  1 min 5 s",
            "         62  Simulate  T2.10/seed4        35 s",
            "                       and 5 more",
            "failed   12  Simulate  T2.00/seed1        exit code 3 [red]␛[2J",
        }));
    }

    [Test]
    public void Screen_AllEnded_SaysNothingOfTheRest()
    {
        using TestConsole console = Screen(120);
        console.Write(new ProgressScreen(unicode: false).Draw(
            new CampaignProgress { Counts = new JobCounts([(JobState.JobFinished, 3)]), Rate = 0.5, TimeLeft = TimeSpan.Zero, StartedAt = Start, UpdatedAt = Start }, Start));
        Assert.That(Lines(console.Output), Is.EqualTo(new[] { new string('#', 80), "# 3 finished", "3 of 3 jobs ended, 30 jobs/min" }));
    }

    [Test]
    public void Screen_NoJobs_SaysSo()
    {
        using TestConsole console = Screen(80);
        console.Write(new ProgressScreen(unicode: true).Draw(new CampaignProgress { Counts = new JobCounts([]), StartedAt = Start, UpdatedAt = Start }, Start));
        Assert.That(Lines(console.Output), Is.EqualTo(new[] { "no jobs yet" }));
    }

    [TestCase(4)]
    [TestCase(12)]
    [TestCase(40)]
    public void Screen_Narrow_StaysInside(int width)
    {
        using TestConsole console = Screen(width);
        console.Write(new ProgressScreen(unicode: true).Draw(Some, Start));
        Assert.That(Lines(console.Output), Has.All.Length.LessThanOrEqualTo(width));
    }

    [Test]
    public void Screen_WithColours_PaintsEachPart()
    {
        using TestConsole console = Screen(80).Colors(ColorSystem.TrueColor).EmitAnsiSequences();
        console.Write(new ProgressScreen(unicode: true).Draw(Some, Start));
        Assert.That(console.Output, Does.Contain("\u001b[32m█").Or.Contain("\u001b[38;5;2m█"));
        Assert.That(console.Output, Does.Not.Contain("\u001b[2J"), "what a job's failure says is text");
    }

    [Test]
    public async Task Live_UntilCancelled_ShowsTheNewestLast()
    {
        using TestConsole console = Screen(120);
        var feed = new ProgressFeed();
        using var stop = new CancellationTokenSource();
        Task view = new LiveView(console, new FakeTimeProvider(Start)).ShowAsync(feed, stop.Token);
        feed.Publish(Some);
        await stop.CancelAsync();
        await view.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(Lines(console.Output).Last(line => line.Contains("jobs ended", StringComparison.Ordinal)), Does.StartWith("61 of 100 jobs ended, 3.2 jobs/s, about 2 min 35 s left"));
    }

    [Test]
    public async Task Plain_ProgressComes_WritesALineAPauseAndEachFailureOnce()
    {
        var time = new FakeTimeProvider(Start);
        var written = new LineWriter();
        var feed = new ProgressFeed();
        using var stop = new CancellationTokenSource();
        Task view = new PlainView(written, time).ShowAsync(feed, stop.Token);

        feed.Publish(new CampaignProgress { Counts = new JobCounts([(JobState.StagedIn, 100)]), StartedAt = Start, UpdatedAt = Start });
        Assert.That(await written.NextAsync(), Is.EqualTo("0 of 100 jobs ended"));

        feed.Publish(Some);
        time.Advance(PlainView.Pause - TimeSpan.FromMilliseconds(1));
        Assert.That(written.HasMore, Is.False);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(await written.NextAsync(), Is.EqualTo("job 12, Simulate in T2.00/seed1, FAILED: exit code 3 [red]␛[2J"));
        Assert.That(await written.NextAsync(), Is.EqualTo("61 of 100 jobs ended, 2 of them FAILED, 7 running, 3.2 jobs/s, about 1 min 35 s left"));

        CampaignProgress last = Some with { Counts = new JobCounts([(JobState.JobFinished, 98), (JobState.Failed, 2)]), Running = [], TimeLeft = TimeSpan.Zero };
        feed.Publish(last);
        await stop.CancelAsync();
        await view.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.That(await written.NextAsync(), Is.EqualTo("100 of 100 jobs ended, 2 of them FAILED, 3.2 jobs/s"));
        Assert.That(written.HasMore, Is.False);
    }

    private static TestConsole Screen(int width) => new TestConsole().Width(width);

    private static string[] Lines(string output) => [.. output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    private sealed class LineWriter : StringWriter
    {
        private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public bool HasMore => _lines.Reader.TryPeek(out _);

        public override Task WriteLineAsync(string? value)
        {
            _lines.Writer.TryWrite(value ?? "");
            return Task.CompletedTask;
        }

        public Task<string> NextAsync() => _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
