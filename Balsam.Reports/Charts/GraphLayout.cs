namespace Balsam.Reports.Charts;

/// <summary>Places the nodes of a graph: each in the column of its level, ordered so that few edges cross, near its neighbours.</summary>
internal static class GraphLayout
{
    private const int Sweeps = 12;

    /// <summary>How far each node is from the roots, along the longest way. Nodes on a circle are as far as what leads to the circle.</summary>
    /// <param name="count">How many nodes there are.</param>
    /// <param name="edges">From parent to child.</param>
    public static int[] Levels(int count, IReadOnlyCollection<(int From, int To)> edges)
    {
        int[] levels = new int[count];
        int[] waiting = new int[count];
        ILookup<int, int> children = edges.ToLookup(edge => edge.From, edge => edge.To);
        foreach ((_, int to) in edges)
        {
            waiting[to]++;
        }

        Queue<int> ready = new(Enumerable.Range(0, count).Where(node => waiting[node] == 0));
        while (ready.TryDequeue(out int node))
        {
            foreach (int child in children[node])
            {
                levels[child] = Math.Max(levels[child], levels[node] + 1);
                if (--waiting[child] == 0)
                {
                    ready.Enqueue(child);
                }
            }
        }

        return levels;
    }

    /// <summary>Gives each node its height in its column, in rows from 0; nodes of one column are at least a row apart.</summary>
    /// <param name="levels">The column of each node.</param>
    /// <param name="edges">The edges.</param>
    public static double[] Rows(IReadOnlyList<int> levels, IReadOnlyCollection<(int From, int To)> edges)
    {
        int[][] columns = [.. Enumerable.Range(0, levels.Count).GroupBy(node => levels[node]).OrderBy(column => column.Key).Select(column => column.ToArray())];
        ILookup<int, int> parents = edges.ToLookup(edge => edge.To, edge => edge.From);
        ILookup<int, int> children = edges.ToLookup(edge => edge.From, edge => edge.To);
        double tallest = columns.Length == 0 ? 0 : columns.Max(column => column.Length);
        double[] rows = new double[levels.Count];
        foreach (int[] column in columns)
        {
            foreach ((int i, int node) in column.Index())
            {
                rows[node] = ((tallest - column.Length) / 2) + i;
            }
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            ILookup<int, int> neighbours = sweep % 2 == 0 ? parents : children;
            foreach (int[] column in sweep % 2 == 0 ? columns : columns.Reverse())
            {
                double[] wished = [.. column.Select(node => neighbours[node].Select(neighbour => rows[neighbour]).DefaultIfEmpty(rows[node]).Average())];
                double[] before = [.. column.Select(node => rows[node])];
                int[] order = [.. Enumerable.Range(0, column.Length).OrderBy(i => wished[i]).ThenBy(i => before[i])];
                double[] places = Apart([.. order.Select(i => wished[i])]);
                int[] sorted = [.. order.Select(i => column[i])];
                foreach ((int node, double place) in sorted.Zip(places))
                {
                    rows[node] = place;
                }

                sorted.CopyTo(column, 0);
            }
        }

        double first = rows.DefaultIfEmpty(0).Min();
        return [.. rows.Select(row => row - first)];
    }

    /// <summary>The places nearest to the wished ones, in their order, that are at least 1 apart: wishes that collide are pooled around their mean.</summary>
    public static double[] Apart(double[] wished)
    {
        List<(double Sum, int Count)> pools = [];
        foreach ((int i, double wish) in wished.Index())
        {
            pools.Add((wish - i, 1));
            while (pools.Count > 1 && pools[^2].Sum / pools[^2].Count > pools[^1].Sum / pools[^1].Count)
            {
                (double sum, int count) = pools[^1];
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = (pools[^1].Sum + sum, pools[^1].Count + count);
            }
        }

        return [.. pools.SelectMany(pool => Enumerable.Repeat(pool.Sum / pool.Count, pool.Count)).Select((place, i) => place + i)];
    }
}
