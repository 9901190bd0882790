namespace Balsam;

/// <summary>A way to show progress.</summary>
internal interface IProgressView
{
    /// <summary>Shows progress until cancelled; then shows the newest once more, and ends.</summary>
    /// <param name="feed">The progress.</param>
    /// <param name="cancellationToken">Ends the view.</param>
    /// <returns>A task that ends when the console is free.</returns>
    Task ShowAsync(ProgressFeed feed, CancellationToken cancellationToken);
}
