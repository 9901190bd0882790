using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>A part of the files of a store that is damaged by itself: one of its bytes, sectors or pages at a time.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Ending">The ending of the file's name.</param>
/// <param name="Spans">Where its pieces are, from the content of the file: place and length.</param>
internal sealed record StoreRegion(string Name, string Ending, Func<byte[], IEnumerable<(int At, int Length)>> Spans)
{
    private const int FirstDataPage = 1;

    /// <summary>The page classes of the store file.</summary>
    public static readonly IReadOnlyList<StoreRegion> OfTheFile =
    [
        new("the header page", "", _ => [(0, PageFormat.Size)]),
        new("an empty page", "", file => PagesOf(file, 0)),
        new("a collection page", "", file => PagesOf(file, 2)),
        new("an index page", "", file => PagesOf(file, 3)),
        new("a data page", "", file => PagesOf(file, 4)),
        new("the header of any page", "", file => Enumerable.Range(0, file.Length / PageFormat.Size).Select(page => (page * PageFormat.Size, 32))),
    ];

    /// <summary>The parts of the log, and what lies beside it.</summary>
    public static readonly IReadOnlyList<StoreRegion> OfTheLog =
    [
        new("the header of the log", "-wal", _ => [(0, 28)]),
        new("the header of a frame", "-wal", log => Frames(log).Select(frame => (frame, LogFormat.FrameHeaderSize))),
        new("the page in a frame", "-wal", log => Frames(log).Select(frame => (frame + LogFormat.FrameHeaderSize, PageFormat.Size))),
        new("the first frame", "-wal", log => [(Frames(log).First(), LogFormat.FrameSize)]),
        new("a frame in the middle", "-wal", log => [(Frames(log).ElementAt(Frames(log).Count() / 2), LogFormat.FrameSize)]),
        new("the last frame", "-wal", log => [(Frames(log).Last(), LogFormat.FrameSize)]),
        new("the lock file", "-lock", mark => [(0, mark.Length)]),
    ];

    public override string ToString() => Name;

    private static IEnumerable<(int At, int Length)> PagesOf(byte[] file, byte type) => Enumerable.Range(FirstDataPage, (file.Length / PageFormat.Size) - FirstDataPage)
        .Where(page => file[(page * PageFormat.Size) + 4] == type).Select(page => (page * PageFormat.Size, PageFormat.Size));

    private static IEnumerable<int> Frames(byte[] log) => Enumerable.Range(0, (log.Length - LogFormat.HeaderSize) / LogFormat.FrameSize).Select(frame => (int)LogFormat.PositionOf(frame));
}
