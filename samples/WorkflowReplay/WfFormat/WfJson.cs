using System.Text.Json.Serialization;

namespace WorkflowReplay.WfFormat;

/// <summary>The JSON of workflow files, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WfDocument))]
internal sealed partial class WfJson : JsonSerializerContext;
