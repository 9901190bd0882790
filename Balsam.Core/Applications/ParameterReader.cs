using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Balsam;

/// <summary>Reads declared parameters off a parameter type: one rule for names and defaults, the JSON serializer's own.</summary>
internal static class ParameterReader
{
    public static IReadOnlyList<ApplicationParameter> Read(JsonTypeInfo type) =>
        type.Kind == JsonTypeInfoKind.Object ? [.. type.Properties.Select(Read)] : [];

    private static ApplicationParameter Read(JsonPropertyInfo property)
    {
        JsonParameterInfo? constructor = property.AssociatedParameter;
        string? help = Help(property.AttributeProvider) ?? Help(constructor?.AttributeProvider);
        bool required = constructor is { HasDefaultValue: false } || (constructor is null && property.IsRequired);
        return required
            ? ApplicationParameter.Mandatory(property.Name, help)
            : new ApplicationParameter(property.Name, false, DefaultOf(property, constructor), help);
    }

    // A property that is not set by the constructor has whatever its initialiser gives; the serializer fills it in, so no default is written down.
    private static string? DefaultOf(JsonPropertyInfo property, JsonParameterInfo? constructor) =>
        constructor is null ? null : JsonSerializer.Serialize(constructor.DefaultValue, property.Options.GetTypeInfo(property.PropertyType));

    private static string? Help(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true) is [DescriptionAttribute { Description: var help }, ..] ? help : null;
}
