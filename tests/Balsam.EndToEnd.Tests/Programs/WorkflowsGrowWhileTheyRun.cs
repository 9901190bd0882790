using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

internal sealed class WorkflowsGrowWhileTheyRun : ProgramTest
{
    [Test]
    public async Task Submit_MapsFromAHook_AreReducedByTheJobThatWaited()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Split>().AddApplication<Square>().AddApplication<Sum>());
        NewJob split = Split.NewJob("split", 5);
        IReadOnlyList<Job> jobs = await site.Client.SubmitAsync([split, Sum.NewJob("sum", "squares").After(split)]);

        Assert.That(await jobs[1].ResultAsync<int>(), Is.EqualTo(1 + 4 + 9 + 16 + 25));
        Job sum = await site.Client.GetAsync(jobs[1].Id);
        Assert.That(sum.Parents, Has.Length.EqualTo(6));
        Assert.That((await site.Client.GetAsync(jobs[0].Id)).Tags["parts"], Is.EqualTo("5"));
        Assert.That(await site.Client.Jobs.DescendantsOf(jobs[0]).CountAsync(), Is.EqualTo(6));
    }

    [Test]
    public async Task Submit_FromAFunctionUntilItConverges_MakesAChain()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Newton>());
        Job start = await site.Client.SubmitAsync(Newton.NewJob(1.0));
        await site.RunUntilIdleAsync();

        Job converged = await site.Client.Jobs.WithTag("converged", "yes").SingleAsync();
        Assert.That(converged.GetResult<double>(), Is.EqualTo(Math.Sqrt(2)).Within(1e-9));
        Assert.That(await site.Client.Jobs.DescendantsOf(start).CountAsync(), Is.EqualTo(await site.Client.Jobs.CountAsync() - 1));
    }

    [Test]
    public async Task Submit_FromAHookThatThenFails_LeavesNothing()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Throws>().AddApplication<Square>());
        Job job = await site.Client.WaitAsync(await site.Client.SubmitAsync(Throws.NewJob("throws")));

        Assert.That(job.Failure!.Message, Does.Contain("boom"));
        Assert.That(job.Data.IsEmpty);
        Assert.That(job.Tags, Is.Empty);
        Assert.That(await site.Client.Jobs.CountAsync(), Is.EqualTo(1));
    }

    private sealed class Split : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input);

        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            NewJob[] maps = [.. Enumerable.Range(1, context.GetParameters<int>()).Select(i => Square.NewJob($"map/{i}", i))];
            Job reducer = (await context.GetChildrenAsync(cancellationToken)).Single();
            context.Submit(maps);
            context.AddParents(reducer.Id, maps);
            context.Tags.Set("parts", $"{maps.Length}");
            return PostprocessOutcome.Done;
        }
    }

    private sealed class Sum : FunctionApplication<string, int>
    {
        protected override async Task<int> Run(string input, RunContext context, CancellationToken cancellationToken) =>
            (await context.GetParentsAsync(cancellationToken)).Where(parent => parent.Job.Application.Is<Square>()).Sum(parent => parent.GetResult<int>());
    }

    private sealed class Newton : FunctionApplication<double, double>
    {
        protected override Task<double> Run(double input, RunContext context, CancellationToken cancellationToken)
        {
            double next = (input + (2 / input)) / 2;
            if (Math.Abs(next - input) > 1e-9)
            {
                context.Submit(Newton.NewJob(next));
            }
            else
            {
                context.Tags.Set("converged", "yes");
            }

            return Task.FromResult(next);
        }
    }

    private sealed class Throws : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";

        protected override Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            context.Submit(Square.NewJob("never", 1));
            context.Tags.Set("never", "set");
            context.Data.Set("never", true);
            throw new InvalidOperationException("boom");
        }
    }
}
