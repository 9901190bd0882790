namespace Balsam.Reports.Tests;

/// <summary>Campaigns that the tests look at.</summary>
internal static class Campaigns
{
    /// <summary>Two meshes, two relaxations of each, a summary: 5 jobs on 2 nodes, one run repeated, nothing failed. It takes 100 s.</summary>
    public static CampaignAnalysis Small()
    {
        var campaign = new CampaignBuilder().Launcher(0, 100, new NodeSpec("n01", 4), new NodeSpec("n02", 4));
        PlannedJob mesh = campaign.Add("Mesh", "study/mesh").Runs(10, 20, "n01", 2).Finishes();
        PlannedJob first = campaign.Add("Relax", "study/relax-1", mesh).Runs(20, 60, "n01", 4).Finishes();
        PlannedJob second = campaign.Add("Relax", "study/relax-2", mesh).Runs(20, 30, "n02", 2, JobState.RunError).Runs(40, 80, "n02", 2).Finishes();
        PlannedJob third = campaign.Add("Relax", "study/relax-3", mesh).Runs(20, 70, "n02", 2).Finishes();
        campaign.Add("Summary", "study/summary", first, second, third).Runs(90, 100, "n01").Finishes();
        return campaign.Build(100);
    }

    /// <summary>Jobs on four nodes, of which one has a full disk: three of the four that fail, fail there. Some still run, some wait.</summary>
    public static CampaignAnalysis WithFailures()
    {
        var campaign = new CampaignBuilder().Launcher(0, null, [.. Enumerable.Range(1, 24).Select(i => new NodeSpec($"n{i:00}", 8))]);
        var random = new Random(7);
        for (int i = 0; i < 120; i++)
        {
            string node = $"n{(i % 24) + 1:00}";
            double from = 5 + (i / 24 * 200) + random.Next(20);
            double to = from + 60 + random.Next(100);
            PlannedJob job = campaign.Add("Relax", $"study/relax-{i}");
            _ = (node, i) switch
            {
                ("n12", > 40) => job.Runs(from, from + 12, node, 4, JobState.RunError).Runs(from + 20, from + 30, node, 4, JobState.RunError)
                    .Fails(FailureKind.ExitCode, "exit code 1", "iteration 14", $"write failed: /scratch/{i}: No space left on device"),
                (_, 37) => job.Runs(from, to, node, 4, JobState.RunError).Fails(FailureKind.ExitCode, "exit code 1", $"write failed: /scratch/{i}: No space left on device"),
                (_, 50) => job.Runs(from, to, node, 8, JobState.RunTimeout).Fails(FailureKind.TimeLimit, "the run took longer than 5 minutes"),
                (_, > 110) => job.Starts(from, [node], 4),
                (_, > 104) => job,
                _ => job.Runs(from, to, node, 2 + (2 * random.Next(3))).Finishes(),
            };
        }

        return campaign.Build(1000);
    }

    /// <summary>Chains of three jobs, on 64 nodes of 32 cores that are always busy; one in 50 runs fails.</summary>
    public static CampaignAnalysis Large(int jobs)
    {
        const int Nodes = 64;
        const int Cores = 32;
        string[] applications = ["Prepare", "Simulate", "Analyse"];
        var campaign = new CampaignBuilder().Launcher(0, null, [.. Enumerable.Range(1, Nodes).Select(i => new NodeSpec($"node{i:000}", Cores))]);
        var random = new Random(11);
        double[] free = new double[Nodes * Cores];
        double last = 0;
        PlannedJob? parent = null;
        for (int i = 0; i < jobs; i++)
        {
            int core = Array.IndexOf(free, free.Min());
            PlannedJob job = i % 3 == 0 || parent is { State: JobState.Failed }
                ? campaign.Add(applications[i % 3], $"chain-{i / 3}/{applications[i % 3]}")
                : campaign.Add(applications[i % 3], $"chain-{i / 3}/{applications[i % 3]}", parent!);
            double from = free[core] + 1;
            free[core] = from + ((1 + (i % 3)) * (20 + random.Next(60)));
            last = Math.Max(last, free[core]);
            parent = random.Next(50) == 0
                ? job.Runs(from, free[core], $"node{(core / Cores) + 1:000}", 1, JobState.RunError).Fails(FailureKind.ExitCode, $"exit code {1 + random.Next(3)}", $"Segmentation fault in step {i}")
                : job.Runs(from, free[core], $"node{(core / Cores) + 1:000}").Finishes();
        }

        return campaign.Build(last);
    }
}
