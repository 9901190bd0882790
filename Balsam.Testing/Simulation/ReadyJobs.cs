namespace Balsam.Testing.Simulation;

/// <summary>The jobs that a launcher may claim, by priority and age, with a limit for each request for resources: what <c>ReadyQueues</c> does in a store.</summary>
internal sealed class ReadyJobs(int[] shapeOf, Func<int, int> priorityOf, int shapes)
{
    private readonly PriorityQueue<int, ulong>?[] _queues = new PriorityQueue<int, ulong>[shapes];

    // The shapes by the first of their jobs; an entry that is no longer that of the first is passed over.
    private readonly PriorityQueue<int, ulong> _heads = new();
    private readonly List<(int Shape, ulong Key)> _full = [];

    public int Count { get; private set; }

    public void Add(int job)
    {
        int shape = shapeOf[job];
        PriorityQueue<int, ulong> queue = _queues[shape] ??= new PriorityQueue<int, ulong>();
        ulong key = KeyOf(job);
        if (!queue.TryPeek(out _, out ulong first) || key < first)
        {
            _heads.Enqueue(shape, key);
        }

        queue.Enqueue(job, key);
        Count++;
    }

    /// <summary>Takes jobs.</summary>
    /// <param name="limit">How many.</param>
    /// <param name="limitPerShape">How many of a shape, those that are held counted.</param>
    /// <param name="held">How many of each shape the launcher holds; what is taken is added.</param>
    /// <param name="taken">Where they go.</param>
    public void Take(int limit, int limitPerShape, Dictionary<int, int> held, List<int> taken)
    {
        ulong? last = null;
        while (taken.Count < limit && _heads.TryDequeue(out int shape, out ulong key))
        {
            PriorityQueue<int, ulong> queue = _queues[shape]!;
            if (key == last || !queue.TryPeek(out int job, out ulong first) || first != key)
            {
                continue;
            }

            last = key;

            int holds = held.GetValueOrDefault(shape);
            if (holds >= limitPerShape)
            {
                _full.Add((shape, key));
                continue;
            }

            held[shape] = holds + 1;
            queue.Dequeue();
            taken.Add(job);
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
        Count -= taken.Count;
    }

    // Larger priorities first, then the order of submission.
    private ulong KeyOf(int job) => ((ulong)(int.MaxValue - (long)priorityOf(job)) << 32) | (uint)job;
}
