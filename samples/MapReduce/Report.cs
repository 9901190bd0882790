using System.Globalization;

namespace MapReduce;

/// <summary>The result as a text plot, beside what Zipf's law expects of a natural language: the word of rank r occurs 1/r times as often as the first.</summary>
internal static class Report
{
    private const int Width = 40;

    public static IEnumerable<string> Write(WordCounts counts, long parts)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        yield return string.Create(culture, $"{counts.Words} words, {counts.Distinct} different ones, counted in {parts} {(parts == 1 ? "part" : "parts")}.");
        yield return "rank      count   Zipf  word";
        long first = counts.Top[0].Count;
        foreach ((int rank, WordCount word) in counts.Top.Index())
        {
            long zipf = first / (rank + 1);
            yield return string.Create(culture, $"{rank + 1,4} {word.Count,10} {zipf,6}  {word.Word,-10} {new string('#', (int)(word.Count * Width / first))}");
        }
    }
}
