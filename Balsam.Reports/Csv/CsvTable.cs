using System.Globalization;
using System.Text;

namespace Balsam.Reports.Csv;

/// <summary>A table in a file of its own.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">The rows; null is an empty cell.</param>
internal sealed record CsvTable(string File, IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows)
{
    private const int Buffered = 32_768;

    // What RFC 4180 wants quoted; white space at an end, too, which some readers trim.
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>Writes the table.</summary>
    public async Task WriteAsync(TextWriter writer, CancellationToken cancellationToken)
    {
        var buffer = new StringBuilder();
        Append(buffer, Columns);
        foreach (IReadOnlyList<object?> row in Rows)
        {
            Append(buffer, row);
            if (buffer.Length > Buffered)
            {
                await writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
                buffer.Clear();
            }
        }

        await writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private static void Append(StringBuilder line, IReadOnlyList<object?> cells)
    {
        for (int i = 0; i < cells.Count; i++)
        {
            if (i > 0)
            {
                line.Append(',');
            }

            string text = Format(cells[i]);
            if (text.AsSpan().ContainsAny(Special) || (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))))
            {
                line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
            else
            {
                line.Append(text);
            }
        }

        line.Append("\r\n");
    }

    private static string Format(object? cell) => cell switch
    {
        null => "",
        DateTimeOffset at => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        TimeSpan duration => duration.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture),
        JobState state => state.ToText(),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
