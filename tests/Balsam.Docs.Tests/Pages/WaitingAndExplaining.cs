namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class WaitingAndExplaining
{
    [Test]
    public async Task WaitingAndExplaining_AsOnThePage_Works()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Square>());
        BalsamClient client = docs.Client;

        #region future
        Job job = await client.SubmitAsync(Square.NewJob("squares/7", 7));
        int square = await job.ResultAsync<int>();
        #endregion

        #region try
        Job read = await client.GetAsync(job.Id);
        if (read.TryGetResult(out int known))
        {
            Console.WriteLine(known);
        }
        #endregion

        Assert.That((square, known), Is.EqualTo((49, 49)));
        IReadOnlyList<Job> jobs = await client.SubmitAsync(Enumerable.Range(0, 5).Select(i => Square.NewJob($"more/{i}", i)));

        #region several
        IReadOnlyList<Job> all = await client.WaitAsync(jobs, timeout: TimeSpan.FromMinutes(10));
        IReadOnlyList<Job> some = await client.WaitAsync(jobs, WaitFor.First);
        await foreach (Job done in client.WhenEachAsync(jobs))
        {
            Console.WriteLine($"{done.Workdir} {done.State}");
        }
        #endregion

        Assert.That((all.Count, some.Count), Is.EqualTo((5, 5)));
        Job failed = await client.WaitAsync(await client.SubmitAsync(Square.NewJob("squares/8", -1)));
        Job child = await client.SubmitAsync(Square.NewJob("squares/9", 9).After(failed, DependencyCondition.SuccessOrHold));
        job = child;

        #region stuck
        try
        {
            await client.WaitAsync(job.Id);
        }
        catch (JobStuckException stuck) when (stuck.Explanation.Outlook == JobOutlook.NeedsUser)
        {
            Console.WriteLine(stuck.Explanation);
        }
        #endregion

        #region explain
        JobExplanation explanation = await client.ExplainAsync(child.Id);
        Console.WriteLine(explanation);
        foreach (JobReason reason in explanation.Reasons)
        {
            if (reason is ParentsReason parents)
            {
                Console.WriteLine($"{parents.Open} parents are open; in the end it waits for {parents.Causes[0].First[0]}");
            }
        }
        #endregion

        Assert.That(explanation.ToString(), Is.EqualTo($"Job {child.Id} (Square in squares/9) is AWAITING_PARENTS: it waits for parent {failed.Id}, which is FAILED; restart that one."));
    }

    private sealed class Square : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int number, RunContext context, CancellationToken cancellationToken) =>
            number >= 0 ? Task.FromResult(number * number) : throw new ArgumentOutOfRangeException(nameof(number));
    }
}
