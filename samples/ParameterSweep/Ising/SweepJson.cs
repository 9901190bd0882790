using System.Text.Json.Serialization;

namespace ParameterSweep.Ising;

/// <summary>The JSON of the result files, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IsingResult))]
internal sealed partial class SweepJson : JsonSerializerContext;
