using System.Collections.Immutable;
using System.Text;

namespace Balsam;

/// <summary>A command line with <c>{{ name }}</c> where a parameter's value goes. Every value is quoted for the shell, so that it is one word whatever it holds.</summary>
/// <remarks>
/// A string becomes one word, an array one word an element, null an empty word, a number or truth value its JSON text, an object its JSON as one word.
/// A placeholder is refused where quoting could not protect it: inside quotes, backquotes, comments, here-documents, arithmetic, <c>${ }</c> and <c>[[ ]]</c>,
/// and after text that shells read differently.
/// </remarks>
public sealed class CommandTemplate
{
    private readonly ImmutableArray<TemplatePart> _parts;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The command line.</param>
    /// <exception cref="FormatException">A placeholder is malformed or stands where its value could not be protected; the message shows where.</exception>
    public CommandTemplate(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        Text = text;
        _parts = TemplateParser.Parse(text);
        Names = [.. _parts.Where(part => part.IsName).Select(part => part.Text).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The template as written.</summary>
    public string Text { get; }

    /// <summary>The names in the template, in order of first use.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads a template, so that a string literal can stand for one.</summary>
    /// <param name="text">The command line.</param>
    public static implicit operator CommandTemplate(string text) => new(text);

    /// <summary>Fills values in.</summary>
    /// <param name="parameters">A JSON object with a member for every name.</param>
    /// <returns>The command line, ready for a POSIX shell.</returns>
    /// <exception cref="KeyNotFoundException">A name has no value; the message lists those there are.</exception>
    /// <exception cref="FormatException">A value cannot stand in a command line: it holds a NUL or is not valid Unicode.</exception>
    public string Render(JobData parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var command = new StringBuilder(Text.Length + 32);
        for (int i = 0; i < _parts.Length; i++)
        {
            TemplatePart part = _parts[i];
            if (!part.IsName)
            {
                command.Append(part.Text);
            }
            else if (parameters.Contains(part.Text))
            {
                bool beforeRedirection = i + 1 < _parts.Length && !_parts[i + 1].IsName && _parts[i + 1].Text[0] is '<' or '>';
                ShellQuoting.Append(command, part.Text, parameters.Root.GetProperty(part.Text), beforeRedirection);
            }
            else
            {
                throw new KeyNotFoundException(
                    $"'{{{{ {part.Text} }}}}' has no value; there are values for {(parameters.IsEmpty ? "nothing" : string.Join(", ", parameters.Names))}.");
            }
        }

        return command.ToString();
    }

    /// <summary>Writes the template as written.</summary>
    /// <returns><see cref="Text"/>.</returns>
    public override string ToString() => Text;
}
