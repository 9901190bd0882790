using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Balsam;

/// <summary>Whether parameters given by name can be read as the type that an application takes them as.</summary>
internal static class ParameterTypes
{
    /// <summary>Reads parameters as a type, as a hook will.</summary>
    /// <returns>What is wrong, naming each parameter that cannot be read; nothing when they can.</returns>
    public static IEnumerable<string> Check(JobData parameters, Type type)
    {
        JsonTypeInfo info = BalsamJson.Options.GetTypeInfo(type);
        if (WhyNot(parameters.Root, info) is not { } problem)
        {
            return [];
        }

        string[] members = [.. CheckGiven(parameters, type)];
        return members.Length > 0 ? members : [$"the parameters {JsonReading.Short(parameters.Root)} cannot be read as {JsonReading.NameOf(type)}: {problem}"];
    }

    /// <summary>Reads each of the parameters that are given; others may be missing, or be too many.</summary>
    /// <returns>What is wrong, naming each parameter that cannot be read.</returns>
    public static IEnumerable<string> CheckGiven(JobData parameters, Type type) =>
        BalsamJson.Options.GetTypeInfo(type).Properties.Where(property => parameters.Contains(property.Name))
            .Select(property => (property.Name, property.PropertyType, Value: parameters.Root.GetProperty(property.Name)))
            .Where(member => WhyNot(member.Value, BalsamJson.Options.GetTypeInfo(member.PropertyType)) is not null)
            .Select(member => $"parameter '{member.Name}' is {JsonReading.Short(member.Value)}, which cannot be read as {JsonReading.NameOf(member.PropertyType)}.");

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
            // The serializer adds line and byte of JSON that the user never wrote.
            return exception.Message.Split(" Path: $", 2)[0];
        }
    }
}
