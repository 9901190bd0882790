namespace Balsam.Reports.Charts;

/// <summary>One part of a stack: its value at even distances of time, the first at 0, the last at the end.</summary>
internal sealed record Layer(string Name, string Color, double[] Values);
