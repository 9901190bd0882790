using System.Globalization;

namespace Balsam.Crash.Tests;

/// <summary>One campaign: hosts come one after the other, and all but the last are killed.</summary>
internal sealed class CrashCampaign(string directory, int seed, IReadOnlyList<CrashPlan> plans)
{
    private const int LongestOpening = 120;
    private const int LongestRun = 900;
    private const int ChecksBetween = 15;
    private const int Tries = 3;
    private const int SourceLength = 300_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Random _random = new(seed);
    private readonly Queue<(CrashPlan Plan, int Try)> _plans = new(plans.Select(plan => (plan, 1)));
    private int _outside;

    /// <summary>How many hosts were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How often each instant was hit; what was hit from outside is under <see cref="CrashPlan.Never"/>.</summary>
    public IReadOnlyDictionary<string, int> Hits => Lines.Select(line => line.Split(' ')[0]).CountBy(instant => instant).Append(new(CrashPlan.Never, _outside)).ToDictionary();

    /// <summary>Which operations on which files were the last ones.</summary>
    public IReadOnlyDictionary<string, int> FileHits => Lines.Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Where(detail => detail.Length > 0).CountBy(detail => detail).ToDictionary();

    /// <summary>What was found wrong.</summary>
    public List<string> Violations { get; } = [];

    private string[] Lines => File.Exists(KillsPath) ? File.ReadAllLines(KillsPath) : [];

    private string KillsPath => Path.Combine(directory, "kills");

    /// <summary>Runs it to its end.</summary>
    public async Task RunAsync()
    {
        Directory.CreateDirectory(Path.Combine(directory, "locks"));
        await File.WriteAllTextAsync(Path.Combine(directory, "job.sh"), ScriptKinds.Source);
        Directory.CreateDirectory(Path.Combine(directory, Carry.Vault));
        byte[] carried = new byte[SourceLength];
        _random.NextBytes(carried);
        await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(directory, Carry.Depot)).FullName, Carry.Source), carried);
        HostProcess next = HostProcess.Campaign(directory, seed);
        try
        {
            while (_plans.TryDequeue(out (CrashPlan Plan, int Try) planned) && Violations.Count == 0)
            {
                using HostProcess host = next;
                next = HostProcess.Campaign(directory, seed);
                await KillAsync(host, planned.Plan, planned.Try);
                if (Kills % ChecksBetween == 0)
                {
                    Violations.AddRange(await CampaignCheck.FindAsync(directory, hasEnded: false));
                }
            }

            using (HostProcess last = next)
            {
                next = HostProcess.Campaign(directory, seed);
                await last.GoAsync(new CrashPlan(CrashPlan.Finish));
                int? code = await last.ExitAsync();
                if (code != 0)
                {
                    Violations.Add($"The last host ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}: {last.Said}");
                }
            }

            Violations.AddRange(await CampaignCheck.FindAsync(directory, hasEnded: true));
        }
        finally
        {
            next.Dispose();
        }
    }

    private async Task KillAsync(HostProcess host, CrashPlan plan, int tries)
    {
        int before = Lines.Length;
        await host.GoAsync(plan);
        bool isReady = false;
        if (plan.Instant == CrashPlan.Never)
        {
            bool inOpening = _random.Next(4) == 0;
            isReady = !inOpening && await host.IsReadyAsync();
            await Task.Delay(_random.Next(inOpening ? LongestOpening : LongestRun));
            host.Kill();
        }

        int? code = await host.ExitAsync(Patience);
        if (code is null)
        {
            host.Kill();
            code = await host.ExitAsync();
        }

        bool hit = Lines.Length > before;
        if (code == HostProcess.Killed)
        {
            Kills++;
            _outside += hit ? 0 : 1;
        }
        else if (code != 0)
        {
            Violations.Add($"A host ended with {code}, ready: {isReady}, plan {plan}: {host.Said}");
        }

        if (!hit && plan.Instant != CrashPlan.Never && tries < Tries)
        {
            _plans.Enqueue((plan with { Count = 1, Tick = Math.Min(plan.Tick, 1) }, tries + 1));
        }
    }
}
