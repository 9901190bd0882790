using CsCheck;

namespace Balsam.Core.Tests.Queries;

/// <summary>Random jobs with few values a field, so that conditions often hold and often do not.</summary>
internal static class RandomJobs
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(place => values[place]);

    private static readonly Gen<Dictionary<string, string>> Tags =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], (study, mesh) => new Dictionary<string, string>(
            new[] { ("study", study == 0 ? null : study == 1 ? "a" : "b"), ("mesh", mesh == 0 ? null : "fine") }.Where(tag => tag.Item2 is not null).Select(tag => KeyValuePair.Create(tag.Item1, tag.Item2!))));

    private static readonly Gen<JobData> Data = Pick(
        JobData.Empty, JobData.Parse("""{"energy":-2.5,"n":3,"label":"a","done":true,"kind":"Signal"}"""), JobData.Parse("""{"energy":0,"n":1,"label":"b","done":false}"""),
        JobData.Parse("""{"energy":1.5,"n":2,"kind":"ExitCode"}"""));

    private static readonly Gen<FailureDetails?> Failure = Pick<FailureDetails?>(
        null, new FailureDetails { Kind = FailureKind.Signal, Message = "killed" }, new FailureDetails { Kind = FailureKind.ExitCode, Message = "exit 1" });

    public static Gen<Job> One { get; } =
        from id in Gen.Long[1, 8]
        from state in Gen.Int[1, 14]
        from application in Pick("Relax", "Mesh")
        from workdir in Pick("study/a", "study/a/1", "study/ab", "other/a")
        from tags in Tags
        from data in Data
        from parameters in Data
        from failure in Failure
        from numbers in Gen.Select(Gen.Int[0, 3], Gen.Int[-1, 1], Pick<int?>(null, 0, 1), Gen.Int[0, 2], Gen.Bool)
        from minutes in Gen.Int[0, 3]
        select Job.Restore(new JobSnapshot
        {
            Id = new JobId(id),
            Version = 0,
            State = (JobState)state,
            Application = application,
            Site = SiteName.Local,
            Workdir = workdir,
            Key = numbers.Item1 == 0 ? null : numbers.Item1 == 1 ? "k/a" : workdir,
            Tags = tags,
            Data = data,
            Parameters = parameters,
            Failure = failure,
            Attempt = numbers.Item1,
            Priority = numbers.Item2,
            ReturnCode = numbers.Item3,
            Parents = [.. Enumerable.Range(1, numbers.Item4).Select(parent => new JobDependency(new JobId(parent), DependencyCondition.Success))],
            IsPreprocessed = numbers.Item5,
            CreatedAt = Start,
            LastUpdate = Start.AddMinutes(minutes),
        });
}
