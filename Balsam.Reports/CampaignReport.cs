using Balsam.Reports;
using Balsam.Reports.Csv;

namespace Balsam;

/// <summary>Writes an analysis down, wherever it comes from.</summary>
public static class CampaignReport
{
    /// <summary>Makes a page: one HTML file with everything in it, that loads nothing and can be read without script.</summary>
    /// <remarks>
    /// It is bounded however large the campaign: at most 2,500 runs, 160 nodes of the graph, 500 jobs and 20 causes of failure are drawn or listed one by one;
    /// of more, the page shows sums and says so. Beyond that it grows neither with jobs nor with time.
    /// </remarks>
    /// <param name="analysis">The campaign.</param>
    /// <param name="options">Heading, names and groups; null for the defaults.</param>
    /// <returns>The page; it is well-formed XML, too.</returns>
    /// <exception cref="InvalidOperationException"><see cref="ReportOptions.Label"/> or <see cref="ReportOptions.Group"/> failed; the message names the job.</exception>
    public static string Html(CampaignAnalysis analysis, ReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        using var page = new StringWriter { NewLine = "\n" };
        Page.Write(new Markup(page), new Report(analysis, options ?? new ReportOptions()));
        return page.ToString();
    }

    /// <summary>Writes a page to a file: <see cref="Html"/>.</summary>
    /// <param name="analysis">The campaign.</param>
    /// <param name="path">The file; it is replaced when it is there. Its directory is made when it is not.</param>
    /// <param name="options">Heading, names and groups; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the call; the file is then as it was.</param>
    /// <returns>A task that ends when the file is complete.</returns>
    /// <exception cref="InvalidOperationException"><see cref="ReportOptions.Label"/> or <see cref="ReportOptions.Group"/> failed; the message names the job.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static Task WriteHtmlAsync(CampaignAnalysis analysis, string path, ReportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string page = Html(analysis, options);
        return WholeFile.WriteAsync(path, (writer, token) => writer.WriteAsync(page.AsMemory(), token), cancellationToken);
    }

    /// <summary>
    /// Writes tables: <c>jobs.csv</c>, <c>runs.csv</c>, <c>throughput.csv</c>, <c>utilization.csv</c>, <c>occupancy.csv</c>, <c>durations.csv</c> and
    /// <c>failures.csv</c>. They are complete: nothing is thinned.
    /// </summary>
    /// <remarks>
    /// UTF-8, with commas, a row of names first, lines ended by CR LF and values quoted where they must be (RFC 4180). Instants are UTC in ISO 8601 with
    /// milliseconds, durations are seconds, numbers have a point. Several values in one cell have a space between them; tags are JSON.
    /// </remarks>
    /// <param name="analysis">The campaign.</param>
    /// <param name="directory">Where the files go; it is made when it is not there, and files of these names are replaced.</param>
    /// <param name="cancellationToken">Cancels the call; each file is then as it was, or complete.</param>
    /// <returns>A task that ends when the files are complete.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public static async Task WriteCsvAsync(CampaignAnalysis analysis, string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        foreach (CsvTable table in CsvTables.Of(analysis))
        {
            await WholeFile.WriteAsync(Path.Combine(directory, table.File), table.WriteAsync, cancellationToken).ConfigureAwait(false);
        }
    }
}
