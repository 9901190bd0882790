using System.Text.Json.Serialization;

namespace Balsam.Launch.Staging.Copying;

[JsonSerializable(typeof(ManifestLine))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ManifestJson : JsonSerializerContext;
