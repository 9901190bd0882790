namespace Balsam;

/// <summary>Writes a series as values come, in the order of time.</summary>
internal sealed class SeriesWriter
{
    private readonly List<StepPoint> _points = [];

    public double Value { get; private set; }

    public void Add(long millisecond, double difference)
    {
        Value += difference;
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(millisecond);
        if (_points.Count > 0 && _points[^1].At == at)
        {
            _points.RemoveAt(_points.Count - 1);
        }

        if (Value != (_points.Count > 0 ? _points[^1].Value : 0))
        {
            _points.Add(new StepPoint(at, Value));
        }
    }

    public StepSeries ToSeries()
    {
        _points.TrimExcess();
        return _points.Count == 0 ? StepSeries.Zero : new StepSeries(_points.AsReadOnly());
    }
}
