using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

/// <summary>One of three nodes has a broken disk; the analysis says so, and its tables and page agree with it.</summary>
internal sealed class FailuresAreTracedToTheirNode : ProgramTest
{
    private const int Waves = 4;
    private const int Cores = 6;

    [Test]
    public async Task Analyze_OneNodeIsBroken_NamesItAndCountsRight()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam =>
        {
            balsam.Services.AddSingleton<Meeting>();
            balsam.AddApplication<ReadScratch>().AddLauncher(options =>
            {
                foreach (string node in new[] { "n1", "n2", "n3" })
                {
                    options.Nodes.Add(new NodeSpec(node, cores: Cores / 3));
                }
            });
        });
        BalsamClient client = site.Client;
        for (int wave = 0; wave < Waves; wave++)
        {
            await client.WaitAsync(await client.SubmitAsync(Enumerable.Range(0, Cores).Select(i => ReadScratch.NewJob($"{wave}/{i}", (wave * Cores) + i))));
        }

        CampaignAnalysis analysis = await client.AnalyzeAsync();
        int failed = Waves * Cores / 3;
        Assert.That((analysis.Finished.Max, analysis.Failed.Max), Is.EqualTo(((Waves * Cores) - failed, failed)));
        Assert.That((analysis.BusyCores.Max, analysis.BusyNodes.Max), Is.EqualTo((Cores, 3)));
        Assert.That((analysis.AvailableCores.Max, analysis.AvailableNodes.Max), Is.EqualTo((Cores, 3)));
        Assert.That(analysis.Durations.Single().RunTime.Count, Is.EqualTo(Waves * Cores));
        FailureGroup group = analysis.Failures.Single();
        Assert.That(group.Count, Is.EqualTo(failed));
        Assert.That(group.Concentrations.Select(c => c.ToString()), Has.Some.StartsWith($"{failed} of {failed} ran on node n2"));

        await client.Reports.WriteCsvAsync(client.Jobs, In("tables"));
        Assert.That(File.ReadLines(In("tables/jobs.csv")).Count(), Is.EqualTo(1 + (Waves * Cores)));
        Assert.That(File.ReadLines(In("tables/throughput.csv")).Last(), Does.EndWith($",{(Waves * Cores) - failed},{failed}"));
        await client.Reports.WriteHtmlAsync(client.Jobs.WithFailure(FailureKind.Exception), In("failed.html"));
        string page = await File.ReadAllTextAsync(In("failed.html"));
        Assert.That(page, Does.Contain("<svg").And.Not.Contain(" src=").And.Not.Contain("@import"));
    }

    /// <summary>Lets a wave go on when all of it runs, so that every node has its share.</summary>
    private sealed class Meeting
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _here;

        public Task ArriveAsync(CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                Task all = _all.Task;
                if (++_here == Cores)
                {
                    _all.SetResult();
                    (_here, _all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                return all.WaitAsync(cancellationToken);
            }
        }
    }

    private sealed class ReadScratch(Meeting meeting) : FunctionApplication<int, string>
    {
        protected override async Task<string> Run(int input, RunContext context, CancellationToken cancellationToken)
        {
            await meeting.ArriveAsync(cancellationToken);
            return context.Placement.Shares[0].Node == "n2" ? throw new IOException($"cannot read /scratch/{input}.dat") : "read";
        }
    }
}
