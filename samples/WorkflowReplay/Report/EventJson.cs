using System.Text.Json.Serialization;

namespace WorkflowReplay.Report;

/// <summary>The JSON of the event file, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventLine))]
internal sealed partial class EventJson : JsonSerializerContext;
