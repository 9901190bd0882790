namespace Balsam;

/// <summary>What an application's transfer slots may look like.</summary>
internal static class TransferSlotRules
{
    private const int NameLength = 100;

    /// <summary>Names everything that is wrong with the slots of an application.</summary>
    public static IEnumerable<string> Validate(IReadOnlyList<TransferSlot> slots)
    {
        foreach (TransferSlot slot in slots)
        {
            if (string.IsNullOrWhiteSpace(slot.Name) || slot.Name.Length > NameLength || slot.Name.Any(char.IsControl) || !SoundText.IsSound(slot.Name))
            {
                yield return FormattableString.Invariant($"the transfer slot '{slot.Name}' needs a name of 1 to {NameLength} characters, none of them a control character.");
            }

            if (!Enum.IsDefined(slot.Direction))
            {
                yield return $"the transfer slot '{slot.Name}' goes neither in nor out. Write TransferSlot.In or TransferSlot.Out.";
            }

            if (LocalPaths.Problem(slot.LocalPath) is { } problem)
            {
                yield return $"the local path of the transfer slot '{slot.Name}' {problem}.";
            }
            else if (slot is { Direction: TransferDirection.Out, LocalPath: LocalPaths.Workdir, IsRecursive: false })
            {
                yield return $"the transfer slot '{slot.Name}' gives out the workdir itself, which is a directory. Set IsRecursive, or name a file.";
            }
        }

        foreach (string name in slots.GroupBy(slot => slot.Name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key))
        {
            yield return $"declares the transfer slot '{name}' twice.";
        }

        foreach (IGrouping<string, TransferSlot> same in slots.Where(slot => slot.Direction == TransferDirection.In && slot.LocalPath != LocalPaths.Workdir)
            .GroupBy(slot => slot.LocalPath, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            yield return $"the transfer slots {string.Join(" and ", same.Select(slot => $"'{slot.Name}'"))} are all written to '{same.Key}'. Give each its own local path.";
        }
    }
}
