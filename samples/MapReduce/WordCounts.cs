namespace MapReduce;

/// <summary>What the reducer returns.</summary>
/// <param name="Words">How many words the text has.</param>
/// <param name="Distinct">How many different ones.</param>
/// <param name="Top">The most frequent ones.</param>
internal sealed record WordCounts(long Words, int Distinct, IReadOnlyList<WordCount> Top);
