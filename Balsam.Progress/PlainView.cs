using System.Globalization;

namespace Balsam;

/// <summary>Lines for a log: one when something has changed, not more often than every two seconds; and one a failure.</summary>
internal sealed class PlainView(TextWriter writer, TimeProvider time) : IProgressView
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly HashSet<(JobId Id, DateTimeOffset At)> _told = [];
    private string _last = "";

    public async Task ShowAsync(ProgressFeed feed, CancellationToken cancellationToken)
    {
        try
        {
            CampaignProgress? newest = null;
            while (true)
            {
                newest = await feed.NextAsync(newest, cancellationToken).ConfigureAwait(false);
                await TellAsync(newest).ConfigureAwait(false);
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await TellAsync(feed.Latest).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(CampaignProgress? progress)
    {
        if (progress is not { Total: > 0 })
        {
            return;
        }

        foreach (RecentFailure failure in progress.LastFailures.Reverse().Where(failure => _told.Add((failure.Id, failure.At))))
        {
            await writer.WriteLineAsync($"job {failure.Id}, {ShownText.Of(failure.Application.Value)} in {ShownText.Of(failure.Workdir)}, FAILED: {ShownText.Of(failure.Reason)}").ConfigureAwait(false);
        }

        string standing = progress.ToString();
        if (standing != _last)
        {
            _last = standing;
            await writer.WriteLineAsync(Line(progress)).ConfigureAwait(false);
        }

        await writer.FlushAsync().ConfigureAwait(false);
    }

    private static string Line(CampaignProgress progress)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{progress.Ended} of {progress.Total} jobs ended")];
        if (progress.Failed > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{progress.Failed} of them FAILED"));
        }

        if (progress.Counts[JobState.Running] is > 0 and var running)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{running} running"));
        }

        if (progress.Rate > 0)
        {
            parts.Add(ShownNumbers.Rate(progress.Rate));
        }

        if (progress is { IsComplete: false, TimeLeft: { } left })
        {
            parts.Add($"about {ShownNumbers.Duration(left)} left");
        }

        if (progress.PausedBecause is { } reason)
        {
            parts.Add($"paused: {ShownText.Of(reason)}");
        }

        return string.Join(", ", parts);
    }
}
