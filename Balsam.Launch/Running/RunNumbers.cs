namespace Balsam.Launch.Running;

/// <summary>A set of run numbers that stand close together: one bit each.</summary>
internal sealed class RunNumbers
{
    private const int BitsPerWord = 64;
    private readonly Dictionary<long, ulong> _words = [];

    public void Add(long number)
    {
        long at = Math.DivRem(number, BitsPerWord, out long bit);
        _words[at] = _words.GetValueOrDefault(at) | (1UL << (int)bit);
    }

    public bool Contains(long number)
    {
        long at = Math.DivRem(number, BitsPerWord, out long bit);
        return (_words.GetValueOrDefault(at) & (1UL << (int)bit)) != 0;
    }
}
