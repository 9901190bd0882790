using Balsam.Storage;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>What a claim tells of the work that waits for a job.</summary>
internal static class PathCases
{
    public static IReadOnlyList<StoreConformanceCase> All { get; } =
    [
        new("Path_OfOneBatch_IsTheLongestThroughTheJobsThatWait", "The estimates along the longest path behind a job are added up, a minute where there is none; jobs that none waits for are not told of.", OneBatch),
        new("Path_JobsThatComeLater_MakeItLonger", "Jobs that are added below a waiting job lengthen the path of those above, at once or one by one.", Later),
        new("Path_ParentHasEnded_ChildHasItsOwn", "A job whose parent has ended is claimed with the path behind itself.", Further),
        new("Path_ChildrenAreGone_IsNoMore", "When all that waited for a job are gone, nothing is told of it.", Gone),
        new("Path_AfterAReopen_IsTheSame", "Paths are known again when the store is opened again.", Reopened, needsDurability: true),
    ];

    private static JobAddition Lasting(int? minutes, params IEnumerable<ParentReference> parents) => StoreConformanceContext.Addition(parents) with
    {
        Resources = JobResources.Default with { WallTime = minutes is { } known ? TimeSpan.FromMinutes(known) : null },
    };

    private static async Task OneBatch(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await AddGraphAsync(context);
        await ExpectAsync(context, [(jobs[0], 46)]);
    }

    private static async Task Later(StoreConformanceContext context)
    {
        Job root = (await context.AddAsync(Lasting(10)))[0];
        Job last = root;
        foreach (int minutes in (int[])[20, 30, 40])
        {
            last = (await context.AddAsync(Lasting(minutes, ParentReference.To(last.Id))))[0];
        }

        Job longer = (await context.AddAsync(Lasting(5)))[0];
        await context.AddAsync(Lasting(200, ParentReference.To(longer.Id)), Lasting(1, ParentReference.To(last.Id), ParentReference.To(longer.Id)));
        await ExpectAsync(context, [(root, 91), (longer, 200)]);
    }

    private static async Task Further(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await AddGraphAsync(context);
        await context.FinishAsync(jobs[0].Id);
        await ExpectAsync(context, [(jobs[2], 45)]);
    }

    private static async Task Gone(StoreConformanceContext context)
    {
        Job root = (await context.AddAsync(Lasting(10)))[0];
        Job child = (await context.AddAsync(Lasting(20, ParentReference.To(root.Id))))[0];
        await context.CancelAsync(child.Id);
        await ExpectAsync(context, []);
    }

    private static async Task Reopened(StoreConformanceContext context)
    {
        IReadOnlyList<Job> jobs = await AddGraphAsync(context);
        await context.Fixture.ReopenAsync();
        await ExpectAsync(context, [(jobs[0], 46)]);
    }

    private static Task<IReadOnlyList<Job>> AddGraphAsync(StoreConformanceContext context) => context.AddAsync(
        Lasting(10), Lasting(30, ParentReference.ToIndex(0)), Lasting(null, ParentReference.ToIndex(0)), Lasting(45, ParentReference.ToIndex(2)), Lasting(500));

    private static async Task ExpectAsync(StoreConformanceContext context, IEnumerable<(Job Job, int Minutes)> expected)
    {
        ClaimResult claim = await context.ClaimAsync(StoreConformanceContext.Wanting(await context.OpenSessionAsync()));
        Check.SameSet(
            expected.Select(path => (path.Job.Id, TimeSpan.FromMinutes(path.Minutes))), claim.PathBehind.Select(path => (path.Key, path.Value)), "The paths behind the claimed jobs");
    }
}
