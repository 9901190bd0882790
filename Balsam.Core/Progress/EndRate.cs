namespace Balsam;

/// <summary>How many jobs end in a second: over the last ones, however long they took.</summary>
internal sealed class EndRate(DateTimeOffset start)
{
    private const int Window = 100;

    private readonly Queue<DateTimeOffset> _ends = [];
    private DateTimeOffset _since = start;

    public void Add(DateTimeOffset end)
    {
        _ends.Enqueue(end);
        if (_ends.Count > Window)
        {
            _since = _ends.Dequeue();
        }
    }

    public double At(DateTimeOffset now) => _ends.Count == 0 || now <= _since ? 0 : _ends.Count / (now - _since).TotalSeconds;
}
