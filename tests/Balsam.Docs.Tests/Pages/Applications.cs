using System.Globalization;
using DescriptionAttribute = System.ComponentModel.DescriptionAttribute;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Applications
{
    [Test]
    public async Task Applications_AsOnThePage_Run()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam => balsam
            .AddApplication<Relax>().AddApplication<Norm>().AddApplication<Render>().AddApplication<FetchOverHttps>().AddApplication<Geometry>().AddApplication<Solve>().AddApplication<Energy>());
        BalsamClient client = docs.Client;
        string[] files = ["a b.xyz", "c'd.xyz"];

        #region submit
        await client.SubmitAsync(Relax.NewJob("study/1", new Relax.Parameters("a b.xyz")));
        await client.SubmitAsync(new NewJob("Relax", "study/2").With("input", "c'd.xyz").With("tolerance", 1e-6));
        #endregion

        #region function-use
        Job job = await client.SubmitAsync(Norm.NewJob(new double[] { 3, 4 }));
        double length = await client.ResultAsync<double>(job);
        #endregion

        Job render = await client.SubmitAsync(Render.NewJob("render", ("frames", files), ("width", 640)));
        Job fetch = await client.SubmitAsync(FetchOverHttps.NewJob("fetch"));
        Job geometry = await client.SubmitAsync(new NewJob("geom").WithParameters(3));
        await client.SubmitAsync(Energy.NewJob("energy", new Energy.Parameters("-1.5")));
        await client.SubmitAsync(Solve.NewJob("solve"));

        #region records
        foreach (ApplicationRecord application in await client.Applications.ListAsync())
        {
            Console.WriteLine($"{application.Name}: {application.Description ?? application.Command} (since {application.FirstRegisteredAt:d})");
        }

        ApplicationRecord? renamed = await client.Applications.FindAsync("OldGeometry");
        #endregion

        #region typed
        List<Job> geometries = await client.Jobs.WithApplication<Geometry>().ToListAsync();
        long others = await client.Jobs.Where(j => !j.Application.Is<Geometry>()).CountAsync();
        #endregion

        await docs.Site.RunUntilIdleAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(length, Is.EqualTo(5));
            Assert.That(await client.Jobs.NotInState(JobState.JobFinished).ToListAsync(), Is.Empty);
            Assert.That((await File.ReadAllTextAsync(Path.Combine(docs.Site.DataDirectory, "study/2/job.out"))).Trim(), Is.EqualTo("relax --in c'd.xyz --tol 1E-06"));
            Assert.That((await File.ReadAllTextAsync(Path.Combine(docs.Site.WorkdirOf(render), "job.out"))).Trim(), Is.EqualTo("render --width 640 -- a b.xyz c'd.xyz in best"));
            Assert.That((await client.GetAsync(fetch.Id)).Application.Value, Is.EqualTo("Fetch"));
            Assert.That(renamed!.Name.Value, Is.EqualTo("geometry"));
            Assert.That(geometries.Select(each => each.Id), Is.EqualTo(new[] { geometry.Id }));
            Assert.That((await client.GetAsync(geometry.Id)).Application.Value, Is.EqualTo("geometry"), "submitted under a former name");
            Assert.That(others, Is.EqualTo(7));
            Assert.That((await client.Jobs.WithApplication<Energy>().SingleAsync()).Data.Get<double>("energy"), Is.EqualTo(-1.5));
        }
    }

    #region command
    [Description("Relaxes a molecule.")]
    public sealed class Relax : ApplicationDefinition<Relax.Parameters>
    {
        public sealed record Parameters([property: Description("file with the molecule")] string Input, double Tolerance = 1e-4);

        public override CommandTemplate Command => "echo relax --in {{ input }} --tol {{ tolerance }}";
    }
    #endregion

    #region by-name
    public sealed class Render : ApplicationDefinition
    {
        public override CommandTemplate Command => "echo render --width {{ width }} -- {{ frames }} in $RENDER_QUALITY";

        public override IReadOnlyList<ApplicationParameter> DeclaredParameters =>
            [ApplicationParameter.Mandatory("frames", "the files, in order"), ApplicationParameter.Optional("width", 1920)];

        public override IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string> { ["RENDER_QUALITY"] = "best" };

        public override string Preamble => "set -e; true module load renderer";
    }
    #endregion

    #region function
    public sealed class Norm : FunctionApplication<double[], double>
    {
        protected override Task<double> Run(double[] input, RunContext context, CancellationToken cancellationToken) =>
            Task.FromResult(Math.Sqrt(input.Sum(x => x * x)));
    }
    #endregion

    #region hooks
    public sealed class Energy : ApplicationDefinition<Energy.Parameters>
    {
        public sealed record Parameters(string Value);

        public override CommandTemplate Command => "echo {{ value }}";

        protected override async Task<PostprocessOutcome> Postprocess(JobContext context, CancellationToken cancellationToken)
        {
            string output = await File.ReadAllTextAsync(Path.Combine(context.Workdir, "job.out"), cancellationToken);
            context.Data.Set("energy", double.Parse(output, CultureInfo.InvariantCulture));
            return PostprocessOutcome.Done;
        }

        protected override Task<ErrorOutcome> HandleError(JobContext context, CancellationToken cancellationToken) => Task.FromResult(
            context.Attempt < 3 ? ErrorOutcome.Restart("try again", TimeSpan.FromSeconds(10)) : ErrorOutcome.Fail("three attempts"));
    }
    #endregion

    #region resources
    public sealed class Solve : ApplicationDefinition
    {
        public override CommandTemplate Command => "true solve";

        public override JobResources Resources => new()
        {
            ThreadsPerRank = 1, WallTime = TimeSpan.FromMinutes(20), TimeLimit = TimeSpan.FromHours(1),
        };

        public override RetryPolicy Retry => new(maxAttempts: 3) { Delay = TimeSpan.FromSeconds(30), Backoff = 2 };
    }
    #endregion

    #region pinned
    [ApplicationName("Fetch")]
    public sealed class FetchOverHttps : ApplicationDefinition
    {
        public override CommandTemplate Command => "true fetch";
    }
    #endregion

    #region renamed
    [ApplicationName("geometry")]
    [FormerNames("OldGeometry", "geom")]
    public sealed class Geometry : FunctionApplication<int, int>
    {
        protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken) => Task.FromResult(input * input);
    }
    #endregion
}
