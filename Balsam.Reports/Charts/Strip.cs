namespace Balsam.Reports.Charts;

/// <summary>How some durations are spread, in seconds.</summary>
internal sealed record Strip(string Name, string Color, double P10, double P50, double P90, double P99, double Max, string Tooltip);
