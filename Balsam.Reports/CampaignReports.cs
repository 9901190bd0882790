namespace Balsam;

/// <summary>Writes what the jobs of a query did: as one HTML file with plots, Gantt chart and graph, and as CSV.</summary>
/// <example><code>
/// await client.Reports.WriteHtmlAsync(client.Jobs.WithTag("study", "a"), "study-a.html");
/// await client.Reports.WriteCsvAsync(client.Jobs.WithTag("study", "a"), "study-a");
/// </code></example>
public sealed class CampaignReports
{
    private readonly BalsamClient _client;

    internal CampaignReports(BalsamClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>Writes a page about all jobs.</summary>
    /// <param name="path">The file; it is replaced when it is there. Its directory is made when it is not.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then as it was.</param>
    /// <returns>A task that ends when the file is complete.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public Task WriteHtmlAsync(string path, CancellationToken cancellationToken = default) => WriteHtmlAsync(_client.Jobs, path, cancellationToken);

    /// <summary>Writes a page about all jobs.</summary>
    /// <param name="path">The file; it is replaced when it is there. Its directory is made when it is not.</param>
    /// <param name="options">Heading, names and groups.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then as it was.</param>
    /// <returns>A task that ends when the file is complete.</returns>
    /// <exception cref="InvalidOperationException"><see cref="ReportOptions.Label"/> or <see cref="ReportOptions.Group"/> failed; the message names the job.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public Task WriteHtmlAsync(string path, ReportOptions options, CancellationToken cancellationToken = default) => WriteHtmlAsync(_client.Jobs, path, options, cancellationToken);

    /// <summary>Writes a page about the jobs of a query.</summary>
    /// <param name="query">The jobs.</param>
    /// <param name="path">The file; it is replaced when it is there. Its directory is made when it is not.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then as it was.</param>
    /// <returns>A task that ends when the file is complete.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public Task WriteHtmlAsync(JobQuery query, string path, CancellationToken cancellationToken = default) => WriteHtmlAsync(query, path, new ReportOptions(), cancellationToken);

    /// <summary>Writes a page about the jobs of a query.</summary>
    /// <param name="query">The jobs.</param>
    /// <param name="path">The file; it is replaced when it is there. Its directory is made when it is not.</param>
    /// <param name="options">Heading, names and groups.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then as it was.</param>
    /// <returns>A task that ends when the file is complete.</returns>
    /// <exception cref="InvalidOperationException"><see cref="ReportOptions.Label"/> or <see cref="ReportOptions.Group"/> failed; the message names the job.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task WriteHtmlAsync(JobQuery query, string path, ReportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        CampaignAnalysis analysis = await _client.AnalyzeAsync(query, cancellationToken).ConfigureAwait(false);
        await CampaignReport.WriteHtmlAsync(analysis, path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes tables about all jobs.</summary>
    /// <param name="directory">Where the files go; see <see cref="CampaignReport.WriteCsvAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call; each file is then as it was, or complete.</param>
    /// <returns>A task that ends when the files are complete.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public Task WriteCsvAsync(string directory, CancellationToken cancellationToken = default) => WriteCsvAsync(_client.Jobs, directory, cancellationToken);

    /// <summary>Writes tables about the jobs of a query.</summary>
    /// <param name="query">The jobs.</param>
    /// <param name="directory">Where the files go; see <see cref="CampaignReport.WriteCsvAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call; each file is then as it was, or complete.</param>
    /// <returns>A task that ends when the files are complete.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public async Task WriteCsvAsync(JobQuery query, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        CampaignAnalysis analysis = await _client.AnalyzeAsync(query, cancellationToken).ConfigureAwait(false);
        await CampaignReport.WriteCsvAsync(analysis, directory, cancellationToken).ConfigureAwait(false);
    }
}
