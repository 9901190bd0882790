namespace Balsam.Launch;

/// <summary>How many jobs a launcher claims at a time: those that can start now, and one more of each kind, which tells the packer what to keep room for.</summary>
/// <remarks>
/// When they are many, the first start while the next are claimed and written; as many again as wait already, so that those which wait are not packed anew for each few that come.
/// </remarks>
/// <param name="Slots">How many of one request for resources, those that wait counted.</param>
/// <param name="Room">How many more may wait.</param>
/// <param name="Limit">How many are claimed in this call.</param>
internal readonly record struct ClaimWindow(int Slots, int Room, int Limit)
{
    // The packer puts the long ones of them first: there must be some to choose from.
    private const int Minimum = 1024;

    public static ClaimWindow Of(int freeCores, int waiting)
    {
        int slots = Math.Max(0, freeCores) + 1;
        int room = (int)Math.Max(0, Math.Max(Minimum, 4L * slots) - waiting);
        return new ClaimWindow(slots, room, Math.Min(room, Math.Max(Minimum, waiting)));
    }

    /// <summary>Whether there may be more to claim at once, for which there is room.</summary>
    public bool MayHoldMore(int claimed) => Limit < Room && claimed == Limit;
}
