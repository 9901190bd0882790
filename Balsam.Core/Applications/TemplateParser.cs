using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Balsam;

/// <summary>Splits a template into text and names, following the shell's quoting so that no name stands where its value could escape.</summary>
internal static partial class TemplateParser
{
    public static ImmutableArray<TemplatePart> Parse(string text)
    {
        ImmutableArray<TemplatePart>.Builder parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var shell = new ShellContext();
        int position = 0;
        while (position < text.Length)
        {
            int open = text.IndexOf("{{", position, StringComparison.Ordinal);
            int end = open < 0 ? text.Length : open;
            if (end > position)
            {
                string literal = text[position..end];
                shell.Read(literal);
                parts.Add(new TemplatePart(literal, false));
            }

            if (open < 0)
            {
                break;
            }

            Match match = Placeholder().Match(text, open);
            if (!match.Success)
            {
                throw Malformed(text, open, "a placeholder is written {{ name }}, with a name of letters, digits and '_'; filters and expressions are not known");
            }

            if (shell.WhyUnsafe() is { } reason)
            {
                throw Malformed(text, open, reason);
            }

            shell.ReadWord();
            parts.Add(new TemplatePart(match.Groups[1].Value, true));
            position = open + match.Length;
        }

        return parts.ToImmutable();
    }

    private static FormatException Malformed(string text, int position, string reason) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The command template \"{text}\" cannot be used: at character {position + 1}, {reason}."));

    [GeneratedRegex(@"\G\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
