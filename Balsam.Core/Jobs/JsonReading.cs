using System.Text.Json;

namespace Balsam;

/// <summary>What is said about JSON that cannot be read as a type: what holds it, an excerpt, and the type as C# writes it.</summary>
internal static class JsonReading
{
    private const int Shown = 60;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object",
    };

    /// <summary>Reads a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="what">What holds it, up to the verb: <c>'energy' is</c>.</param>
    /// <exception cref="JsonException">It is not a <typeparamref name="T"/>; the message says what it is.</exception>
    public static T? Read<T>(JsonElement value, string what)
    {
        try
        {
            return value.Deserialize(BalsamJson.TypeInfo<T>());
        }
        catch (JsonException exception)
        {
            throw Refusal(what, value, typeof(T), exception);
        }
    }

    public static JsonException Refusal(string what, JsonElement value, Type type, JsonException? exception = null)
    {
        string inside = exception?.Path is { } path and not "$" ? $" (at {path})" : "";
        return new JsonException($"{what} {Short(value)}, which cannot be read as {NameOf(type)}{inside}.", exception?.Path, exception?.LineNumber, exception?.BytePositionInLine, exception);
    }

    /// <summary>The value's text, at most so much of it as a message bears.</summary>
    public static string Short(JsonElement value)
    {
        string json = value.GetRawText();
        return json.Length <= Shown ? json : json[..(Shown - 1)] + "…";
    }

    /// <summary>The type as C# writes it.</summary>
    public static string NameOf(Type type) => Keywords.GetValueOrDefault(type)
        ?? (Nullable.GetUnderlyingType(type) is { } inner ? NameOf(inner) + "?"
        : type.IsArray ? NameOf(type.GetElementType()!) + "[]"
        : type.Name.Split('`') is [var name, _] ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name);
}
