namespace Balsam.Launch.Running;

/// <summary>Finds the living members of process groups.</summary>
internal sealed class ProcessGroups
{
    private readonly ProcReader _reader = new();

    /// <summary>Looks once through all processes.</summary>
    /// <param name="groups">The ids of the groups.</param>
    /// <returns>The members with their groups; dead but unreaped processes are left out.</returns>
    public List<(int Pid, int Group)> LiveMembers(IReadOnlySet<int> groups)
    {
        var members = new List<(int Pid, int Group)>();
        foreach (int pid in ProcReader.AllPids())
        {
            if (ProcReader.TryGetLiveGroup(_reader.Read(pid, "stat"u8), out int group) && groups.Contains(group))
            {
                members.Add((pid, group));
            }
        }

        return members;
    }
}
