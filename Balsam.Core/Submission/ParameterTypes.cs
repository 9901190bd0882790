using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Balsam;

/// <summary>Whether parameters given by name can be read as the type that an application takes them as.</summary>
internal static class ParameterTypes
{
    private const int Shown = 60;

    /// <summary>Reads parameters as a type, as a hook will.</summary>
    /// <returns>What is wrong, naming each parameter that cannot be read; nothing when they can.</returns>
    public static IEnumerable<string> Check(JobData parameters, Type type)
    {
        JsonTypeInfo info = BalsamJson.Options.GetTypeInfo(type);
        if (WhyNot(parameters.Root, info) is not { } problem)
        {
            return [];
        }

        string[] members =
        [
            .. info.Properties.Where(property => parameters.Contains(property.Name))
                .Select(property => (property.Name, property.PropertyType, Value: parameters.Root.GetProperty(property.Name)))
                .Where(member => WhyNot(member.Value, BalsamJson.Options.GetTypeInfo(member.PropertyType)) is not null)
                .Select(member => $"parameter '{member.Name}' is {Short(member.Value)}, which cannot be read as {NameOf(member.PropertyType)}."),
        ];
        return members.Length > 0 ? members : [$"the parameters {Short(parameters.Root)} cannot be read as {NameOf(type)}: {problem}"];
    }

    // A constructor or converter of the user's may throw anything.
    private static string? WhyNot(JsonElement value, JsonTypeInfo type)
    {
        try
        {
            _ = value.Deserialize(type);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.Message;
        }
    }

    private static string Short(JsonElement value)
    {
        string json = value.GetRawText();
        return json.Length <= Shown ? json : json[..Shown] + "…";
    }

    private static string NameOf(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? NameOf(inner)
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
