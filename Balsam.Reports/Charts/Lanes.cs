namespace Balsam.Reports.Charts;

/// <summary>Gives runs lanes: each lies on neighbouring lanes that nothing else uses at the time, the lowest that are free.</summary>
internal static class Lanes
{
    /// <summary>Gives lanes to the runs of one node.</summary>
    /// <param name="runs">Begin, end and number of lanes, in order of the beginnings.</param>
    /// <returns>The first lane of each, and how many lanes there are.</returns>
    public static (int[] First, int Count) Assign(IReadOnlyList<(double From, double To, int Lanes)> runs)
    {
        int[] first = new int[runs.Count];
        List<double> freeAt = [];
        for (int i = 0; i < runs.Count; i++)
        {
            (double from, double to, int lanes) = runs[i];
            int place = 0;
            for (int lane = 0; lane < freeAt.Count && lane - place < lanes; lane++)
            {
                place = freeAt[lane] > from ? lane + 1 : place;
            }

            while (freeAt.Count < place + lanes)
            {
                freeAt.Add(double.NegativeInfinity);
            }

            for (int lane = place; lane < place + lanes; lane++)
            {
                freeAt[lane] = to;
            }

            first[i] = place;
        }

        return (first, freeAt.Count);
    }
}
