using System.Buffers.Binary;

namespace Balsam.Launch.Running;

/// <summary>The second mark of a run's processes, for those that have emptied their environment: the soft limit on realtime processor time.</summary>
/// <remarks>
/// The kernel hands the limit down through fork, exec, setsid and the parent's death, shows it to everybody, also while a program is being started, and no program has a reason to change
/// it. Ours stand between 292,000 and 584,000 years, so that they limit nothing. A value names the session and the run: the top bit, 31 bits of the session, 32 bits of the run.
/// </remarks>
internal static class RunMark
{
    private const ulong Flag = 1UL << 63;
    private const int RunBits = 32;

    /// <summary>The mark of a run.</summary>
    public static ulong Of(SessionId session, long run) => Math.Min(Flag | ((ulong)NumberOf(session) << RunBits) | (uint)run, ulong.MaxValue - 1);

    /// <summary>The mark of a process of a session that the mark of its run has not reached yet.</summary>
    public static ulong OfSession(ulong mark) => Math.Min(mark | uint.MaxValue, ulong.MaxValue - 1);

    /// <summary>The bits of a session that its marks carry: random ones, so that sessions that are known at a time have different ones.</summary>
    public static uint NumberOf(SessionId session)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = session.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) & 0x7FFFFFFF;
    }

    /// <summary>The session's bits in a limit; null when it is not one of our marks.</summary>
    public static uint? SessionIn(ulong limit) => limit is >= Flag and < ulong.MaxValue ? (uint)(limit >> RunBits) & 0x7FFFFFFF : null;
}
