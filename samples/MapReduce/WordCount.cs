namespace MapReduce;

/// <summary>How often a word occurs.</summary>
internal sealed record WordCount(string Word, long Count);
