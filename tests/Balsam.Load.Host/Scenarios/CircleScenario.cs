using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>A circle of so many jobs: refused in words that a person can read.</summary>
internal sealed class CircleScenario : IScenario
{
    private const int LongestMessage = 20_000;

    public async Task RunAsync(string directory, int size, Figures figures)
    {
        await using BalsamSite site = await Sites.OpenIdleAsync(directory, balsam => balsam.AddApplication<Applications.Echo>());
        NewJob[] jobs = ChainScenario.Make(size);
        jobs[0].After(jobs[^1]);
        SubmitRefusedException refusal = await figures.TimeAsync("refuse", async () =>
        {
            try
            {
                await site.Client.SubmitAsync(jobs);
            }
            catch (SubmitRefusedException exception)
            {
                return exception;
            }

            throw new CheckFailedException("A circle was taken.");
        });
        Check.Same(SubmitProblemKind.Cycle, refusal.Problems.Single().Kind);
        Check.AtMost(LongestMessage, refusal.Message.Length);
        Check.Same(0, (await site.Client.CountByStateAsync()).Total);
    }
}
