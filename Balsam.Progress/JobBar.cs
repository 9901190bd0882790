using Spectre.Console;
using Spectre.Console.Rendering;

namespace Balsam;

/// <summary>A bar with a part for each of some counts. Whatever there is shows, be it one job in a million.</summary>
internal sealed class JobBar((long Count, Style Style, char Glyph)[] parts) : Renderable
{
    private const int Widest = 80;

    /// <summary>Shares cells out: one for each count above zero, the rest by size.</summary>
    public static int[] Share(long[] counts, int cells)
    {
        int shown = counts.Count(count => count > 0);
        var share = new int[counts.Length];
        long total = counts.Sum();
        long left = total;
        int free = Math.Max(0, cells - shown);
        int given = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            // Rounded from the left, so that the ends meet.
            left -= counts[i];
            int upTo = total == 0 ? 0 : (int)Math.Round((total - left) / (double)total * free);
            share[i] = counts[i] > 0 ? Math.Min(cells, 1) + upTo - given : 0;
            given = upTo;
        }

        return share;
    }

    protected override Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(10, maxWidth), Math.Min(Widest, maxWidth));

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int[] share = Share([.. parts.Select(part => part.Count)], Math.Min(Widest, maxWidth));
        for (int i = 0; i < parts.Length; i++)
        {
            if (share[i] > 0)
            {
                yield return new Segment(new string(parts[i].Glyph, share[i]), parts[i].Style);
            }
        }

        yield return Segment.LineBreak;
    }
}
