using Balsam.Launch.Packing;
using CsCheck;

namespace Balsam.Launch.Tests.Packing;

public sealed class BackfillPropertyTests
{
    private static readonly Gen<(JobResources Request, int Minutes, int Estimate, int Priority)> Job =
        Gen.Select(PackingGen.Request, Gen.Int[1, 100], Gen.Int[-50, 60], Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[-1, 1])));

    [Test]
    public void Pack_RandomCampaign_StaysWithinCapacityAndEndsAndIsRepeatable() => Gen.Select(PackingGen.Nodes, Job.Array[1, 150]).Sample(
        static (nodes, jobs) =>
        {
            PackingSimulation first = Run(nodes, jobs, check: nodes.Length < 10);
            int possible = jobs.Count(job => NodeRequests.WhyNever(nodes, job.Request) is null);
            return first.Starts.Count == possible && first.Inventory.FreeCores == first.Inventory.TotalCores
                && Run(nodes, jobs, check: false).Log.SequenceEqual(first.Log);
        },
        iter: PropertyRuns.Of(80));

    // Estimates never too short, some far too long, some missing. At each moment the first to wait has a bound that only sinks.
    [Test]
    public void Pack_EstimatesThatHold_TheFirstToWaitStartsWhenTheReservationSays() => Gen.Select(PackingGen.Nodes, Job.Array[20, 200]).Sample(
        static (nodes, jobs) =>
        {
            var simulation = new PackingSimulation(nodes);
            Submit(simulation, [.. jobs.Select(static job => (job.Request, job.Minutes, Math.Max(job.Estimate, 0), 0))]);
            var bounds = new Dictionary<long, DateTimeOffset>();
            do
            {
                PackingPlan plan = simulation.Pack();
                if (plan.Reservation is { NotBefore: { } start } reservation && bounds.TryAdd(reservation.JobId, start) is false)
                {
                    Assert.That(start, Is.LessThanOrEqualTo(bounds[reservation.JobId]));
                }
            }
            while (simulation.Advance());
            return bounds.All(bound => Make.Noon.AddMinutes(simulation.Starts[bound.Key]) <= bound.Value.AddSeconds(1));
        },
        iter: PropertyRuns.Of(80));

    [Test]
    public void Pack_OneCandidateOnAnIdleInventory_StartsIfItEverCan() => Gen.Select(PackingGen.Nodes, PackingGen.Request).Sample(
        static (nodes, request) =>
        {
            PackingPlan plan = Make.Pack(new Inventory(nodes), [new(1, request)]);
            return plan.Placed.Count == 1
                ? NodeRequests.WhyNever(nodes, request) is null
                : plan.Waiting[0].Obstacle.IsPermanent && plan.Waiting[0].Obstacle.Sentence == $"{NodeRequests.WhyNever(nodes, request)}.";
        },
        iter: PropertyRuns.Of(1000));

    private static PackingSimulation Run(NodeSpec[] nodes, (JobResources Request, int Minutes, int Estimate, int Priority)[] jobs, bool check)
    {
        var simulation = new PackingSimulation(nodes);
        Submit(simulation, jobs);
        do
        {
            simulation.Pack();
            if (check)
            {
                simulation.CheckCapacity();
            }
        }
        while (simulation.Advance());
        return simulation;
    }

    // The estimate is what the job takes and some minutes more (or less, when negative and far from it: then there is none).
    private static void Submit(PackingSimulation simulation, (JobResources Request, int Minutes, int Estimate, int Priority)[] jobs)
    {
        for (int i = 0; i < jobs.Length; i++)
        {
            (JobResources request, int minutes, int estimate, int priority) = jobs[i];
            JobResources resources = estimate < -20 ? request : request with { WallTime = TimeSpan.FromMinutes(Math.Max(1, minutes + estimate)) };
            simulation.Submit(new PackingCandidate(i + 1, resources, priority), minutes);
        }
    }
}
