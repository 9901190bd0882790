using System.Text;

namespace MapReduce;

/// <summary>A text of 120,000 made-up words with the frequencies of a natural language; the same at every start.</summary>
internal static class MadeUpText
{
    private const int Words = 120_000;
    private const int Vocabulary = 2_000;
    private const int WordsPerLine = 12;
    private static readonly string[] Syllables = ["ba", "lo", "ri", "ten", "mu", "sha", "vel", "or", "ki", "dun", "pe", "an"];

    /// <returns>The path.</returns>
    public static string Write(string path)
    {
        var random = new Random(1913);
        double[] upTo = new double[Vocabulary];
        for (int rank = 1; rank <= Vocabulary; rank++)
        {
            upTo[rank - 1] = (rank > 1 ? upTo[rank - 2] : 0) + (1.0 / rank);
        }

        var text = new StringBuilder();
        for (int i = 1; i <= Words; i++)
        {
            int place = Array.BinarySearch(upTo, random.NextDouble() * upTo[^1]);
            text.Append(Word(place < 0 ? ~place : place)).Append(i % WordsPerLine == 0 ? '\n' : ' ');
        }

        File.WriteAllText(path, text.ToString());
        return path;
    }

    // Numbers written with syllables for digits: frequent words are short.
    private static string Word(int rank) => (rank >= Syllables.Length ? Word((rank / Syllables.Length) - 1) : "") + Syllables[rank % Syllables.Length];
}
