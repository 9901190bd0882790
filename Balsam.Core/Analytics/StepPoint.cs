namespace Balsam;

/// <summary>A point of a <see cref="StepSeries"/>: the value that holds from an instant on.</summary>
/// <param name="At">The instant, in UTC.</param>
/// <param name="Value">The value from then on.</param>
public readonly record struct StepPoint(DateTimeOffset At, double Value);
