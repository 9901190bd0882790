using System.Text.Json.Serialization;

namespace Balsam.Reports.Csv;

/// <summary>How tags are written into a cell.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class CsvJson : JsonSerializerContext;
