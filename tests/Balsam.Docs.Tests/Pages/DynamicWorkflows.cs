using System.Globalization;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class DynamicWorkflows
{
    [Test]
    public async Task Refine_AsOnThePage_SubmitsStepsUntilItConverges()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Refine>());
        await docs.Client.SubmitAsync(Refine.NewJob("cells-1", new Refine.Parameters(1, 0.1)));
        Assert.That((await docs.Site.RunUntilIdleAsync()).AllFinished);
        List<Job> steps = await docs.Client.Jobs.ToListAsync();
        Assert.That(steps.Select(step => step.Data.Get<double>("value")), Is.EqualTo(new[] { 1, 0.5, 0.25, 0.125, 0.0625 }));
        Assert.That(steps.Select(step => step.Tags.Count), Is.EqualTo(new[] { 0, 0, 0, 0, 1 }));
    }

    [Test]
    public async Task MapReduce_AsOnThePage_AddsUpWhatTheMappersReturned()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Split>().AddApplication<Count>().AddApplication<Total>().AddApplication<Ask>());
        BalsamClient client = docs.Client;
        NewJob split = Split.NewJob("split", ("parts", 3));
        NewJob total = Total.NewJob("total", "all").After(split);
        IReadOnlyList<Job> jobs = await client.SubmitAsync([split, total, Count.NewJob("extra", "four"), Total.NewJob("report", "late").After(total)]);
        Job extra = jobs[2];
        Job report = jobs[3];

        #region client
        Job waiting = await client.AddParentsAsync(report.Id, [extra.Id], DependencyCondition.Either);
        #endregion

        Job asking = await client.SubmitAsync(Ask.NewJob("abc"));
        Assert.That((await docs.Site.RunUntilIdleAsync()).AllFinished);
        Assert.That((await client.GetAsync(jobs[1].Id)).GetResult<int>(), Is.EqualTo((await client.Jobs.UnderWorkdir("map").ToListAsync()).Sum(job => job.GetResult<int>())).And.GreaterThan(0));
        Assert.That(waiting.Parents, Has.Length.EqualTo(2));
        Assert.That(((await client.GetAsync(report.Id)).GetResult<int>(), (await client.GetAsync(asking.Id)).GetResult<int>()), Is.EqualTo((4, 3)));

        Job job = jobs[1];
        Job parent = jobs[0];
        string workdir = docs.Site.WorkdirOf(job);

        #region tests
        var context = new JobContext(job, workdir, parents: [new ParentJob(parent, DependencyCondition.Success, workdir)]);
        context.Submit(Count.NewJob("part-1"));
        NewJob submitted = context.Submitted.Single();
        #endregion

        Assert.That((submitted.Application.Value, (await context.GetParentsAsync()).Single().Id), Is.EqualTo(("Count", parent.Id)));
    }

    private sealed class Refine : ApplicationDefinition<Refine.Parameters>
    {
        public sealed record Parameters(int Cells, double Tolerance);

        public override CommandTemplate Command => "awk -v n={{ cells }} -v t={{ tolerance }} 'BEGIN { print 1 / n }'";

        #region hook
        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            (int cells, double tolerance) = context.GetParameters<Parameters>();
            double value = await ReadAsync(context, cancellationToken);
            context.Data.Set("value", value);
            if (await context.GetParentsAsync(cancellationToken) is [ParentJob before] && Math.Abs(value - before.Data.Get<double>("value")) <= tolerance)
            {
                context.Tags.Set("converged", "yes");
                return PostprocessOutcome.Done;
            }

            context.Submit(Refine.NewJob($"cells-{cells * 2}", new Parameters(cells * 2, tolerance)));
            return PostprocessOutcome.Done;
        }
        #endregion

        private static async Task<double> ReadAsync(JobContext context, CancellationToken cancellationToken) =>
            double.Parse(await File.ReadAllTextAsync(Path.Combine(context.Workdir, "job.out"), cancellationToken), CultureInfo.InvariantCulture);
    }

    private sealed class Split : ApplicationDefinition
    {
        public override CommandTemplate Command => "seq 1 {{ parts }} | split -l 1 - part-";

        #region split
        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            NewJob[] mappers = [.. Directory.EnumerateFiles(context.Workdir, "part-*").Order().Select(part => Count.NewJob($"map/{Path.GetFileName(part)}", part))];
            Job reducer = (await context.GetChildrenAsync(cancellationToken)).Single();
            context.Submit(mappers);
            context.AddParents(reducer.Id, mappers);
            return PostprocessOutcome.Done;
        }
        #endregion
    }

    private sealed class Count : FunctionApplication<string, int>
    {
        protected override Task<int> Run(string part, RunContext context, CancellationToken cancellationToken) => Task.FromResult(part.Length);
    }

    private sealed class Total : FunctionApplication<string, int>
    {
        #region reduce
        protected override async Task<int> Run(string title, RunContext context, CancellationToken cancellationToken) =>
            (await context.GetParentsAsync(cancellationToken)).Where(parent => parent.Job.Application == "Count").Sum(parent => parent.GetResult<int>());
        #endregion
    }

    #region client injected
    internal sealed class Ask(BalsamClient client) : FunctionApplication<string, int>
    {
        protected override async Task<int> Run(string part, RunContext context, CancellationToken cancellationToken)
        {
            Job asked = await client.SubmitAsync(Count.NewJob(part), cancellationToken);
            return await client.ResultAsync<int>(asked, cancellationToken);
        }
    }
    #endregion
}
