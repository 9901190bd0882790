using Balsam.Launch.Packing;
using CsCheck;

namespace Balsam.Launch.Tests.Packing;

public sealed class InventoryModelTests
{
    private static readonly Gen<(JobResources Request, int Release)[]> Steps =
        Gen.Select(PackingGen.Request, Gen.Int[-2, 1000]).Array[1, 120];

    [Test]
    public void TryPlace_RandomSequences_GivesWhatAScanOfAllNodesGives() => Gen.Select(PackingGen.Nodes, Steps).Sample(
        static (nodes, steps) =>
        {
            var inventory = new Inventory(nodes);
            var naive = new NaiveInventory(nodes);
            var held = new List<(Allocation Ours, NaiveInventory.Held Theirs)>();
            foreach ((JobResources request, int release) in steps)
            {
                // Each step puts several equal jobs, so that nodes fill up.
                for (int copy = 0; copy < (nodes.Length > 10 ? 12 : 2); copy++)
                {
                    bool placed = inventory.TryPlace(new PackingCandidate(held.Count, request), null, out Allocation ours);
                    NaiveInventory.Held? theirs = naive.TryPlace(request);
                    if (placed != theirs is not null || (placed && NaiveInventory.Text(ours.Placement) != theirs!.ToString()))
                    {
                        return false;
                    }

                    if (placed)
                    {
                        held.Add((ours, theirs!));
                    }
                }

                for (int i = 0; release >= 0 && held.Count > 0 && i < 3; i++)
                {
                    int position = (release + (i * 7)) % held.Count;
                    inventory.Release(held[position].Ours);
                    NaiveInventory.Release(held[position].Theirs);
                    held.RemoveAt(position);
                }
            }

            return true;
        },
        iter: PropertyRuns.Of(120));

    [Test]
    public void Release_All_RestoresExactly() => Gen.Select(PackingGen.Nodes, Steps).Sample(
        static (nodes, steps) =>
        {
            var inventory = new Inventory(nodes);
            string fresh = Describe(inventory);
            var held = new List<Allocation>();
            foreach ((JobResources request, int release) in steps)
            {
                while (held.Count < 500 && inventory.TryPlace(new PackingCandidate(1, request), null, out Allocation allocation))
                {
                    held.Add(allocation);
                }

                if (release >= 0 && held.Count > 0)
                {
                    inventory.Release(held[release % held.Count]);
                    held.RemoveAt(release % held.Count);
                }
            }

            held.ForEach(inventory.Release);
            return Describe(inventory) == fresh && inventory.FreeCores == inventory.TotalCores && inventory.EmptyNodes == nodes.Length
                && steps.All(step => Same(inventory, new Inventory(nodes), step.Request));
        },
        iter: PropertyRuns.Of(120));

    [Test]
    public void TryPlace_IdleInventory_HoldsWhateverIsPossible() => Gen.Select(PackingGen.Nodes, PackingGen.Request).Sample(
        static (nodes, request) =>
            new Inventory(nodes).TryPlace(new PackingCandidate(1, request), null, out _) == NodeRequests.WhyNever(nodes, request) is null,
        iter: PropertyRuns.Of(2000));

    private static bool Same(Inventory left, Inventory right, JobResources request)
    {
        bool placed = left.TryPlace(new PackingCandidate(1, request), null, out Allocation ours);
        if (!placed)
        {
            return !right.TryPlace(new PackingCandidate(1, request), null, out _);
        }

        bool same = right.TryPlace(new PackingCandidate(1, request), null, out Allocation theirs)
            && NaiveInventory.Text(ours.Placement) == NaiveInventory.Text(theirs.Placement);
        left.Release(ours);
        return same;
    }

    private static string Describe(Inventory inventory) => string.Join('\n', inventory.Ledgers.ToArray().Select(static (node, i) =>
        $"{i} {node.Cores} {node.Gpus.Whole} {string.Join(',', node.Gpus.Free.ToArray())} {node.Memory} {node.Occupancy} " +
        $"{string.Join(',', node.Custom.ToArray())} {node.IsTakenAlone} {node.JobCount}"));
}
