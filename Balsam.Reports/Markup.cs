using System.Globalization;
using System.Text;

namespace Balsam.Reports;

/// <summary>Writes elements that are at once HTML 5 and well-formed XML. All text goes through it, so nothing reaches a page unescaped.</summary>
internal sealed class Markup(TextWriter output)
{
    // Elements so near to the root stand on lines of their own.
    private const int LinedDepth = 6;

    private readonly Stack<string> _open = [];

    /// <summary>Writes the kind of document.</summary>
    public Markup Declare(string kind)
    {
        output.Write($"<!DOCTYPE {kind}>\n");
        return this;
    }

    /// <summary>Begins an element.</summary>
    public Markup Open(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Tag(element, attributes);
        output.Write('>');
        _open.Push(element);
        return this;
    }

    /// <summary>Ends the element begun last.</summary>
    public Markup Close()
    {
        output.Write($"</{_open.Pop()}>");
        if (_open.Count < LinedDepth)
        {
            output.Write('\n');
        }

        return this;
    }

    /// <summary>Writes an element that holds only text.</summary>
    public Markup Element(string element, string text, params ReadOnlySpan<(string Name, object? Value)> attributes) =>
        Open(element, attributes).Text(text).Close();

    /// <summary>Writes an element that can hold nothing.</summary>
    public Markup Void(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Tag(element, attributes);
        output.Write("/>");
        return this;
    }

    /// <summary>Writes text.</summary>
    public Markup Text(string text)
    {
        output.Write(Escape(text));
        return this;
    }

    /// <summary>Writes text that is ours: a style or a script, in which nothing may be escaped.</summary>
    public Markup Verbatim(string element, string text)
    {
        output.Write($"<{element}>{text}</{element}>\n");
        return this;
    }

    /// <summary>Replaces what neither XML nor a reader can bear (control characters, halves of surrogate pairs, marks that turn the direction of text) and escapes the rest.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(IsPrintable(rune) ? rune.ToString() : "\uFFFD"),
            };
        }

        return escaped.ToString();
    }

    private static bool IsPrintable(Rune rune) =>
        rune.Value is '\n' or '\t'
        || (!Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)));

    private static string Format(object value) => value switch
    {
        double number => Math.Round(number, 2).ToString("0.##", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private void Tag(string element, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        output.Write($"<{element}");
        foreach ((string name, object? value) in attributes)
        {
            if (value is not null)
            {
                output.Write($" {name}=\"{Escape(Format(value))}\"");
            }
        }
    }
}
