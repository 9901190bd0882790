using System.Collections.Immutable;

namespace Balsam.Testing.Conformance.Cases;

/// <summary>Random filters over values that jobs of a case have, or nearly have. The same seed gives the same filters.</summary>
internal sealed class RandomFilters(Random random, IReadOnlyList<Job> jobs)
{
    private static readonly string[] Paths = ["energy", "n", "label", "fit.points[0].x", "fit.points[1]", "missing", "fit", "flag", "['a.b']"];

    public JobFilter Next(int depth = 3) => depth == 0 || random.Next(3) == 0 ? Leaf() : random.Next(3) switch
    {
        0 => new AndFilter(Parts(depth)),
        1 => new OrFilter(Parts(depth)),
        _ => Next(depth - 1).Not(),
    };

    private ImmutableArray<JobFilter> Parts(int depth) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => Next(depth - 1))];

    private Job AnyJob() => jobs[random.Next(jobs.Count)];

    private T AnyOf<T>(params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    private int? Perhaps(int low, int high) => random.Next(3) == 0 ? null : random.Next(low, high);

    private DateTimeOffset? PerhapsInstant(Func<Job, DateTimeOffset> of) => random.Next(3) == 0 ? null : of(AnyJob()).AddMilliseconds(random.Next(-1, 2));

    private JobFilter Leaf() => random.Next(22) switch
    {
        0 => new StateFilter(JobStateSet.Of([.. JobStates.All.Where(_ => random.Next(3) == 0)])),
        1 => new StateFilter(AnyOf(JobStates.Final, JobStates.Claimable, JobStates.All, JobStateSet.Empty)),
        2 => new ApplicationFilter(AnyOf("App", "Other", "Nobody")),
        3 => new SiteFilter(AnyOf("local", "theta")),
        4 or 5 => new TagFilter(AnyOf("study", "k0", "k1", "k2", "k", "STUDY"), AnyOf("a", "b", "", null, null)),
        6 => new IdFilter([.. Enumerable.Range(0, random.Next(6)).Select(_ => AnyJob().Id), new JobId(9_999)]),
        7 => new IdRangeFilter(random.Next(2) == 0 ? AnyJob().Id : null, random.Next(2) == 0 ? AnyJob().Id : null),
        8 => new ChildOfFilter(AnyOf(jobs[0].Id, jobs[1].Id, jobs[2].Id, AnyJob().Id)),
        9 => new HasParentsFilter(),
        10 => new WorkdirFilter(AnyOf("study", "study/a", "study/b/1", "stud", "App")),
        11 => new WorkdirTextFilter(AnyOf("study/a", "/1", "a", "%", "_", "", AnyJob().Workdir), AnyOf(Enum.GetValues<TextMatch>())),
        12 => new LastUpdateFilter(PerhapsInstant(job => job.LastUpdate), PerhapsInstant(job => job.LastUpdate)),
        13 => new CreatedAtFilter(PerhapsInstant(job => job.CreatedAt), PerhapsInstant(job => job.CreatedAt)),
        14 => new AttemptFilter(Perhaps(0, 3), Perhaps(0, 3)),
        15 => new PriorityFilter(Perhaps(-2, 3), Perhaps(-2, 3)),
        16 => AnyOf<JobFilter>(new FailureFilter(null), new FailureFilter(FailureKind.Cancelled), new FailureFilter(FailureKind.Signal), new ReturnCodeFilter(Perhaps(-1, 2), null), new PreprocessedFilter()),
        17 => new KeyFilter(random.Next(4) == 0 ? null : [.. Enumerable.Range(0, random.Next(4)).Select(_ => AnyJob().Key ?? AnyOf("key/1", "key", "KEY/1"))]),
        18 => new JsonExistsFilter(AnyOf(Enum.GetValues<JsonSource>()), JsonPath.Parse(AnyOf(Paths))),
        19 => new TransferFilter(
            random.Next(2) == 0 ? AnyOf(Enum.GetValues<TransferState>()) : null, random.Next(2) == 0 ? AnyOf(Enum.GetValues<TransferDirection>()) : null, AnyOf("laptop", "disk", "lap", "LAPTOP", null, null)),
        20 => new CleanupPendingFilter(),
        _ => new JsonFilter(AnyOf(Enum.GetValues<JsonSource>()), JsonPath.Parse(AnyOf(Paths)), AnyOf(Enum.GetValues<Comparison>()), JobData.Parse(AnyOf("0", "1", "1.0", "-2.5", "3", "\"a\"", "\"b\"", "true", "null", "{\"x\":1}", "[1]"))),
    };
}
