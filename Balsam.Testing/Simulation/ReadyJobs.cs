namespace Balsam.Testing.Simulation;

/// <summary>The jobs that a launcher may claim, by priority and age, with a limit for each request for resources: what <c>ReadyQueues</c> does in a store.</summary>
internal sealed class ReadyJobs(CampaignGraph graph)
{
    private readonly PriorityQueue<int, ulong>?[] _queues = new PriorityQueue<int, ulong>[graph.Shapes.Length];

    // The shapes by the first of their jobs; an entry that is no longer that of the first is passed over.
    private readonly PriorityQueue<int, ulong> _heads = new();
    private readonly List<(int Shape, ulong Key)> _full = [];

    public void Add(int job)
    {
        int shape = graph.ShapeOf[job];
        PriorityQueue<int, ulong> queue = _queues[shape] ??= new PriorityQueue<int, ulong>();
        ulong key = graph.KeyOf(job);
        if (!queue.TryPeek(out _, out ulong first) || key < first)
        {
            _heads.Enqueue(shape, key);
        }

        queue.Enqueue(job, key);
    }

    /// <summary>Takes jobs.</summary>
    /// <param name="limit">How many.</param>
    /// <param name="limitPerShape">How many of a shape, those that are held counted.</param>
    /// <param name="backlog">What the launcher holds; what is taken is added.</param>
    /// <returns>How many were taken.</returns>
    public int Take(int limit, int limitPerShape, SimulationBacklog backlog)
    {
        int taken = 0;
        ulong? last = null;
        while (taken < limit && _heads.TryDequeue(out int shape, out ulong key))
        {
            PriorityQueue<int, ulong> queue = _queues[shape]!;
            if (key == last || !queue.TryPeek(out int job, out ulong first) || first != key)
            {
                continue;
            }

            last = key;

            if (backlog.CountOf(shape) >= limitPerShape)
            {
                _full.Add((shape, key));
                continue;
            }

            queue.Dequeue();
            backlog.Add(job);
            taken++;
            if (queue.TryPeek(out _, out ulong next))
            {
                _heads.Enqueue(shape, next);
            }
        }

        foreach ((int shape, ulong key) in _full)
        {
            _heads.Enqueue(shape, key);
        }

        _full.Clear();
        return taken;
    }
}
