using System.Text.Json;
using System.Text.Json.Serialization;

namespace Balsam;

/// <summary>Refuses text that is not valid Unicode, where the serializer would write U+FFFD in its place without a word.</summary>
internal sealed class SoundText : JsonConverter<string>
{
    /// <summary>Whether every surrogate has its other half.</summary>
    public static bool IsSound(ReadOnlySpan<char> text)
    {
        for (int i = text.IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Checked(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Checked(ref reader)!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Checked(value));

    private static string Checked(string text) => IsSound(text) ? text : throw new JsonException("a text is not valid Unicode: it holds half of a surrogate pair.");

    private static string? Checked(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException exception) when (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            throw new JsonException("a text is not valid Unicode: it holds half of a surrogate pair.", exception);
        }
    }
}
