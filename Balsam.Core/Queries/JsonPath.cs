using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Balsam;

/// <summary>The way to a value inside JSON: <c>energy</c>, <c>fit.points[0].x</c>, <c>['a name with . in it'].b</c>; <c>$</c> is the whole value, and may stand before any path. Names are compared exactly.</summary>
public sealed class JsonPath : IEquatable<JsonPath>
{
    // A step is a member's name, or an element's place.
    private readonly object[] _steps;

    // No member can have a name that is not Unicode, and asking for one is an error to the JSON reader.
    private readonly bool _isSound;

    private JsonPath(object[] steps)
    {
        _steps = steps;
        _isSound = steps.All(step => step is not string name || SoundText.IsSound(name));
    }

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <returns>The path.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is not a path; the message says where.</exception>
    public static JsonPath Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        List<object> steps = [];

        // A name may begin with a dollar: $ alone, or before a step, is the root.
        int at = text is "$" or ['$', '.' or '[', ..] ? 1 : 0;
        while (at < text.Length)
        {
            if (text[at] == '[')
            {
                steps.Add(ReadBracket(text, ref at));
                continue;
            }

            if (at > 0)
            {
                at += text[at] == '.' ? 1 : throw Malformed(text, at, "a '.' or '[' was expected");
            }

            int end = text.AsSpan(at).IndexOfAny('.', '[') is var length and >= 0 ? at + length : text.Length;
            steps.Add(end > at ? text[at..end] : throw Malformed(text, at, "a name was expected"));
            at = end;
        }

        return text[^1] == '.' ? throw Malformed(text, text.Length, "a name was expected") : new JsonPath([.. steps]);
    }

    /// <summary>The path to a member, whatever its name holds.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The path.</returns>
    public static JsonPath ToMember(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new JsonPath([name]);
    }

    /// <summary>Follows the path.</summary>
    /// <param name="root">Where it begins.</param>
    /// <param name="value">What is at its end.</param>
    /// <returns>Whether there is something.</returns>
    public bool TryFind(JsonElement root, out JsonElement value)
    {
        value = root;
        if (!_isSound)
        {
            return false;
        }

        foreach (object step in _steps)
        {
            if (step is string name ? value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value) : !TryElement(ref value, (int)step))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(JsonPath? other) => other is not null && _steps.SequenceEqual(other._steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JsonPath);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the path.</summary>
    /// <returns>For example <c>fit.points[0].x</c>.</returns>
    public override string ToString()
    {
        if (_steps.Length == 0)
        {
            return "$";
        }

        var text = new StringBuilder();
        foreach (object step in _steps)
        {
            _ = step switch
            {
                int place => text.Append(CultureInfo.InvariantCulture, $"[{place}]"),
                string name when name is "" or "$" || name.AsSpan().IndexOfAny('.', '[') >= 0 => text.Append(CultureInfo.InvariantCulture, $"['{name.Replace("'", "''", StringComparison.Ordinal)}']"),
                _ => (text.Length > 0 ? text.Append('.') : text).Append((string)step),
            };
        }

        return text.ToString();
    }

    private static bool TryElement(ref JsonElement value, int place)
    {
        if (value.ValueKind != JsonValueKind.Array || place >= value.GetArrayLength())
        {
            return false;
        }

        value = value[place];
        return true;
    }

    // [3] or ['name']; a quote in the name is written twice.
    private static object ReadBracket(string text, ref int at)
    {
        int start = at++;
        if (at < text.Length && text[at] == '\'')
        {
            var name = new StringBuilder();
            for (at++; at < text.Length; at++)
            {
                if (text[at] != '\'')
                {
                    name.Append(text[at]);
                }
                else if (at + 1 < text.Length && text[at + 1] == '\'')
                {
                    name.Append(text[at++]);
                }
                else if (at + 1 < text.Length && text[at + 1] == ']')
                {
                    at += 2;
                    return name.ToString();
                }
                else
                {
                    break;
                }
            }

            throw Malformed(text, start, "the name that begins here does not end with ']");
        }

        int end = text.IndexOf(']', at);
        if (end < 0 || !int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out int place))
        {
            throw Malformed(text, start, "a place such as [0], or a name such as ['a.b'], was expected");
        }

        at = end + 1;
        return place;
    }

    private static FormatException Malformed(string text, int at, string what) =>
        new(FormattableString.Invariant($"'{text}' is not a path into JSON: at character {at + 1}, {what}. A path looks like energy, fit.points[0].x or ['a.b'].c."));
}
