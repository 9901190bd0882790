using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Balsam;

/// <summary>An immutable JSON object: a job's data, its parameters, or what belongs to an event.</summary>
public sealed class JobData : IEquatable<JobData>
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Read when somebody asks for it: of most jobs that are read or written, nobody does. Whoever loses a race has the same.
    private JsonDocument? _document;

    private JobData(string json, JsonDocument? document)
    {
        Json = json;
        _document = document;
    }

    /// <summary>The object without members.</summary>
    public static JobData Empty { get; } = Parse("{}");

    /// <summary>The JSON text.</summary>
    public string Json { get; }

    /// <summary>The value as JSON.</summary>
    public JsonElement Root => (_document ??= JsonDocument.Parse(Json)).RootElement;

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => ReferenceEquals(this, Empty) || Json == "{}";

    /// <summary>The names of its members; empty when the value is not an object.</summary>
    public IEnumerable<string> Names => Root.ValueKind == JsonValueKind.Object ? Root.EnumerateObject().Select(member => member.Name) : [];

    /// <summary>Reads JSON text. Any JSON value is accepted, since a function's input need not be an object.</summary>
    /// <param name="json">The text.</param>
    /// <returns>The data.</returns>
    /// <exception cref="JsonException"><paramref name="json"/> is not JSON, is nested more than 64 deep, names a member twice, or holds text that is not valid Unicode.</exception>
    public static JobData Parse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json, Strict);
            if (json.Contains("\\u", StringComparison.Ordinal))
            {
                DemandSound(document.RootElement);
            }

            return new JobData(json, document);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException && json is not null)
        {
            throw new JsonException("The text is not JSON: it is not valid Unicode.", exception);
        }
    }

    /// <summary>Brings stored data back, without reading it yet. For stores.</summary>
    /// <param name="json">The <see cref="Json"/> of data that was stored.</param>
    /// <returns>The data.</returns>
    public static JobData Restore(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new JobData(json, null);
    }

    /// <summary>Makes data from an object or value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>The data.</returns>
    public static JobData From<T>(T value) => new(JsonSerializer.Serialize(value, BalsamJson.TypeInfo<T>()), null);

    /// <summary>Whether there is a member of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether it is there.</returns>
    public bool Contains(string name) => Root.ValueKind == JsonValueKind.Object && SoundText.IsSound(name) && Root.TryGetProperty(name, out _);

    /// <summary>Reads a member.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">There is no such member; the message lists those there are.</exception>
    /// <exception cref="JsonException">The member is not a <typeparamref name="T"/>; the message says what it is.</exception>
    public T? Get<T>(string name) =>
        Contains(name)
            ? JsonReading.Read<T>(Root.GetProperty(name), $"'{name}' is")
            : throw new KeyNotFoundException($"There is no data named '{name}'; there is {(IsEmpty ? "none" : string.Join(", ", Names))}.");

    /// <summary>Reads a member if it is there.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is there.</returns>
    /// <exception cref="JsonException">The member is not a <typeparamref name="T"/>.</exception>
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value)
    {
        if (Contains(name) && Get<T>(name) is { } found)
        {
            value = found;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Reads the whole value.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <returns>The value.</returns>
    /// <exception cref="JsonException">The value is not a <typeparamref name="T"/>.</exception>
    public T? As<T>() => JsonReading.Read<T>(Root, "The value is");

    /// <summary>The same data with a member added or replaced.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The new data.</returns>
    /// <exception cref="InvalidOperationException">The value is not a JSON object.</exception>
    /// <exception cref="JsonException">The value cannot be written as JSON, or it or the name is not valid Unicode.</exception>
    public JobData With<T>(string name, T value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!SoundText.IsSound(name))
        {
            throw new JsonException("the name of a member is not valid Unicode: it holds half of a surrogate pair.");
        }

        JsonObject members = ToObject();
        members[name] = JsonSerializer.SerializeToNode(value, BalsamJson.TypeInfo<T>());
        return Parse(members.ToJsonString(BalsamJson.Options));
    }

    /// <summary>The same data without a member.</summary>
    /// <param name="name">The member's name.</param>
    /// <returns>The new data.</returns>
    /// <exception cref="InvalidOperationException">The value is not a JSON object.</exception>
    public JobData Without(string name)
    {
        JsonObject members = ToObject();
        members.Remove(name);
        return Parse(members.ToJsonString(BalsamJson.Options));
    }

    /// <summary>The same data with the members that differ between two others as they are in the later one.</summary>
    internal JobData WithChanges(JobData from, JobData to)
    {
        if (from.Equals(to))
        {
            return this;
        }

        if (Equals(from) || Root.ValueKind != JsonValueKind.Object)
        {
            return to;
        }

        JsonObject members = ToObject();
        foreach (string name in from.Names.Except(to.Names, StringComparer.Ordinal))
        {
            members.Remove(name);
        }

        foreach (JsonProperty member in to.Root.EnumerateObject().Where(member => !from.Root.TryGetProperty(member.Name, out JsonElement was) || !JsonElement.DeepEquals(was, member.Value)))
        {
            members[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return Parse(members.ToJsonString(BalsamJson.Options));
    }

    /// <inheritdoc/>
    public bool Equals(JobData? other) => other is not null && (ReferenceEquals(this, other) || Json == other.Json || JsonElement.DeepEquals(Root, other.Root));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JobData);

    /// <inheritdoc/>
    public override int GetHashCode() => Root.ValueKind == JsonValueKind.Object ? Root.GetPropertyCount() : (int)Root.ValueKind;

    /// <summary>Writes the JSON text.</summary>
    /// <returns><see cref="Json"/>.</returns>
    public override string ToString() => Json;

    // A half of a surrogate pair that is written as an escape shows only when the text is asked for.
    private static void DemandSound(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement element in value.EnumerateArray())
                {
                    DemandSound(element);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    _ = member.Name;
                    DemandSound(member.Value);
                }

                break;
        }
    }

    private JsonObject ToObject() =>
        Root.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(Root.Clone())!
            : throw new InvalidOperationException($"Members can be set on a JSON object only; this is {Json}.");
}
