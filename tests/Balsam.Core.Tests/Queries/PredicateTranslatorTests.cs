using System.Linq.Expressions;
using CsCheck;

namespace Balsam.Core.Tests.Queries;

public sealed class PredicateTranslatorTests
{
    private static readonly JobState[] Ended = [JobState.JobFinished, JobState.Failed];
    private static readonly List<JobId> Ids = [new(1), new(3), new(7)];
    private static readonly string?[] Keys = ["k/a", "study/ab", null];
    private static readonly HashSet<string> Studies = ["a", "c"];

    private static IEnumerable<Expression<Func<Job, bool>>> Predicates()
    {
        JobId id = new(2);
        JobState state = JobState.Running;
        string study = "a";
        DateTimeOffset at = RandomJobs.Start.AddMinutes(2);
        bool wanted = false;
        JobFilter filter = new AttemptFilter(2, null);
        (string Text, int Least) settings = ("study/a", 1);
        HashSet<JobState> set = new() { JobState.Running, JobState.Failed };
        long far = long.MaxValue;
        long[] numbers = [2, 4];
        return
        [
            j => true, j => !wanted, j => wanted || j.Attempt > 1, j => j.Attempt > 1 && !wanted,
            j => j.State == JobState.Failed, j => j.State != JobState.Failed, j => JobState.Failed == j.State, j => j.State == state, j => j.State >= JobState.RunDone, j => j.State.IsFinal(), j => !j.State.IsFinal(),
            j => Ended.Contains(j.State), j => !Ended.Contains(j.State), j => set.Contains(j.State), j => JobStates.Runnable.Contains(j.State), j => new[] { JobState.Ready, state }.Contains(j.State), j => j.State.Equals(state),
            j => j.State == JobState.Failed && j.Tags["study"] == "a", j => j.Tags["study"] == study || j.Tags["mesh"] == "fine", j => j.Tags["study"] != "a", j => !(j.Tags["study"] == "a"), j => j.Tags.ContainsKey("mesh"),
            j => !j.Tags.ContainsKey("mesh"), j => Studies.Contains(j.Tags["study"]), j => j.Tags.GetValueOrDefault("study") == "a", j => j.Tags.GetValueOrDefault("study") == null, j => j.Tags.GetValueOrDefault("study") != "a",
            j => j.Tags.Keys.Contains("mesh"), j => j.Tags["study"].Equals("a"), j => string.Equals(j.Tags["study"], "b"),
            j => j.Id == id, j => j.Id != id, j => j.Id > id, j => j.Id >= id, j => j.Id < id, j => id <= j.Id, j => Ids.Contains(j.Id), j => j.Id.Value == 3, j => j.Id.Value < 3, j => numbers.Contains(j.Id.Value), j => j.Id == new JobId(5),
            j => j.Workdir == "study/a", j => j.Workdir.StartsWith("study/a"), j => j.Workdir.StartsWith(settings.Text, StringComparison.Ordinal), j => j.Workdir.EndsWith("/1"), j => j.Workdir.Contains("ab"), j => j.Workdir.Contains('1'),
            j => j.Key == "k/a", j => j.Key != "k/a", j => j.Key == null, j => j.Key != null, j => Keys.Contains(j.Key!), j => j.Key == settings.Text || j.Attempt > 2,
            j => j.Attempt > 1, j => j.Attempt >= settings.Least, j => 1 < j.Attempt, j => j.Attempt == 0, j => j.Attempt != 2, j => j.Attempt > 1L, j => j.Attempt < far, j => j.Attempt > 1 == wanted,
            j => j.Priority < 0, j => j.Priority <= 0, j => j.Priority == int.MinValue, j => j.Priority < int.MinValue, j => j.Priority > int.MaxValue,
            j => j.LastUpdate > at, j => j.LastUpdate >= at, j => j.LastUpdate < at, j => j.LastUpdate <= at - TimeSpan.FromMinutes(1), j => j.LastUpdate == at, j => j.LastUpdate != at, j => j.CreatedAt <= at,
            j => j.Application == "Relax", j => j.Application != "Relax", j => j.Application.Value == "Mesh", j => j.Application == ApplicationName.Of(typeof(Relax)), j => j.Site == "local", j => j.Site == SiteName.Local,
            j => j.Failure == null, j => j.Failure != null, j => j.Failure!.Kind == FailureKind.Signal, j => j.Failure!.Kind != FailureKind.Signal, j => j.Failure != null && j.Failure.Kind == FailureKind.ExitCode,
            j => new[] { FailureKind.Signal, FailureKind.Cancelled }.Contains(j.Failure!.Kind),
            j => j.ReturnCode == null, j => j.ReturnCode != null, j => j.ReturnCode == 1, j => j.ReturnCode != 1, j => j.ReturnCode > 0, j => j.ReturnCode.HasValue, j => j.ReturnCode!.Value == 1, j => j.ReturnCode!.Value != 1,
            j => j.IsPreprocessed, j => !j.IsPreprocessed, j => j.IsPreprocessed == true, j => j.IsPreprocessed != true, j => j.IsPreprocessed & j.Attempt > 0, j => j.IsPreprocessed | j.Attempt > 0,
            j => j.Data.Get<double>("energy") < 0, j => j.Data.Get<double>("energy") <= 0, j => j.Data.Get<double>("energy") == 1.5, j => j.Data.Get<double>("energy") != 0, j => j.Data.Get<int>("n") >= 2, j => 2 > j.Data.Get<long>("n"),
            j => j.Data.Get<string>("label") == "a", j => j.Data.Get<string>("label") != study, j => j.Data.Get<bool>("done"), j => !j.Data.Get<bool>("done"), j => j.Data.Get<bool>("done") == false, j => j.Data.Contains("kind"),
            j => j.Data.Get<FailureKind>("kind") == FailureKind.Signal, j => j.Data.Get<double?>("energy") > 0, j => Studies.Contains(j.Data.Get<string>("label")!), j => j.Parameters.Get<decimal>("energy") > 1.25m, j => j.Parameters.Contains("label"),
            j => j.Parents.Any(), j => !j.Parents.Any(), j => j.Parents.Length > 0, j => j.Parents.Length == 0, j => j.Parents.IsEmpty, j => j.Parents.Any(p => p.Parent == id), j => j.Parents.Any(p => id == p.Parent || p.Parent == new JobId(1)),
            j => j.Parents.Any(p => Ids.Contains(p.Parent)),
            j => filter.Matches(j), j => filter.Matches(j) && j.State == JobState.Failed, j => (j.State == JobState.Failed || j.Attempt > 1) && !(j.Priority > 0 && j.Tags.ContainsKey("study")),
        ];
    }

    [TestCaseSource(nameof(Predicates))]
    public void Matching_Predicate_AgreesWithTheCompiledOne(Expression<Func<Job, bool>> predicate)
    {
        Func<Job, bool> compiled = predicate.Compile();
        JobFilter filter = JobFilter.Matching(predicate);
        bool isCombined = predicate.Body.NodeType == ExpressionType.OrElse;
        bool isNegated = predicate.Body is UnaryExpression { NodeType: ExpressionType.Not };

        RandomJobs.One.Sample(
            job =>
            {
                bool expected;
                try
                {
                    expected = compiled(job);
                }
                catch (Exception exception) when (exception is KeyNotFoundException or NullReferenceException or InvalidOperationException)
                {
                    // C# throws about what is not there; the filter says that a condition about it does not hold, and goes on with what else was asked.
                    return isCombined || filter.Matches(job) == isNegated;
                }

                return filter.Matches(job) == expected;
            },
            iter: 300,
            threads: 1);
    }

    [Test]
    public void Matching_RandomCombinations_AgreeWithTheCompiledOnes()
    {
        // Conditions that never throw, combined at random.
        Expression<Func<Job, bool>>[] leaves =
        [
            j => j.State == JobState.Failed, j => j.Attempt > 1, j => j.Tags.ContainsKey("study"), j => j.Tags.GetValueOrDefault("study") == "a", j => j.ReturnCode != 1, j => j.Failure == null, j => j.Workdir.Contains("ab"), j => j.Key == "k/a",
            j => j.IsPreprocessed, j => j.Parents.Any(p => p.Parent == new JobId(2)), j => j.Id.Value < 4, j => j.LastUpdate > RandomJobs.Start, j => j.Data.Contains("n"), j => false,
        ];
        ParameterExpression parameter = Expression.Parameter(typeof(Job), "j");
        Gen<Expression> leaf = Gen.Int[0, leaves.Length - 1].Select(place => (Expression)new Rebind(leaves[place].Parameters[0], parameter).Visit(leaves[place].Body));
        Gen<Expression> any = Gen.Recursive<Expression>((depth, self) => depth > 4 ? leaf : Gen.OneOf(
            leaf, self.Select(operand => (Expression)Expression.Not(operand)), Gen.Select(self, self, (left, right) => (Expression)Expression.AndAlso(left, right)), Gen.Select(self, self, (left, right) => (Expression)Expression.OrElse(left, right))));

        Gen.Select(any, RandomJobs.One.Array[5]).Sample(
            (body, jobs) =>
            {
                Expression<Func<Job, bool>> predicate = Expression.Lambda<Func<Job, bool>>(body, parameter);
                Func<Job, bool> compiled = predicate.Compile(preferInterpretation: true);
                JobFilter filter = JobFilter.Matching(predicate);
                return jobs.All(job => filter.Matches(job) == compiled(job));
            },
            iter: 2_000);
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        static TestCaseData Case(Expression<Func<Job, bool>> predicate, string part, string instead) => new TestCaseData(predicate, part, instead).SetArgDisplayNames(part);
        return
        [
            Case(j => j.Attempt > 1 && j.Workdir.Length > 10, "j.Workdir.Length", "Workdir"),
            Case(j => j.Attempt + 1 > 3, "j.Attempt + 1", "j.Attempt > 2"),
            Case(j => j.Attempt > j.Priority, "j.Attempt > j.Priority", "a value of yours"),
            Case(j => IsOdd(j), "IsOdd(j)", "a store cannot call IsOdd"),
            Case(j => j.Tags["study"].StartsWith("ab"), "j.Tags[\"study\"].StartsWith(\"ab\")", "only Workdir can be searched"),
            Case(j => j.Workdir.Contains("AB", StringComparison.OrdinalIgnoreCase), "j.Workdir.Contains", "by character codes"),
            Case(j => j.Parents.Length > 2, "j.Parents.Length > 2", "j.Parents.Any()"),
            Case(j => j.Parents.Any(p => p.Condition == DependencyCondition.Success), "p.Condition", "p.Parent == id"),
            Case(j => j.Failure!.Message == "no", "j.Failure.Message", "Failure.Kind"),
            Case(j => j.Data.Get<Fit>("fit")!.X > 1, "Get(\"fit\").X", ".WithData(\"fit.points[0].x\""),
            Case(j => j.Data.Get<DateTime>("at") > DateTime.UnixEpoch, "j.Data.Get(\"at\")", ".WithData(path, value)"),
            Case(j => j.Tags.Any(tag => tag.Value == "a"), "j.Tags.Any", "j.Tags.ContainsKey(key)"),
            Case(j => j.IsPreprocessed ? j.Attempt > 1 : j.Attempt > 2, "IIF", "instead of ?:"),
            Case(j => j.IsPreprocessed ^ j.Attempt > 1, "^", "&&, || and !"),
            Case(j => j.Resources.Nodes > 1, "j.Resources.Nodes", "what can be asked is"),
            Case(j => j.GetParameters<Fit>().X > 1, "j.GetParameters().X", "j.Parameters.Get<double>(\"x\")"),
            Case(j => j.GetParameters<Fit>().Inner.Depth == 2, "j.GetParameters().Inner.Depth", ".WithParameter(\"inner.depth\", value)"),
            Case(j => j.GetParameters<int>() == 12, "j.GetParameters()", ".WithParameter(\"$\", value)"),
            Case(j => string.IsNullOrEmpty(j.Key), "IsNullOrEmpty(j.Key)", "j.Key == null"),
            Case(j => string.IsNullOrWhiteSpace(j.Tags["study"]), "IsNullOrWhiteSpace(j.Tags[\"study\"])", "j.Tags[\"study\"] == \"\""),
            Case(j => j.State.ToText() == "FAILED", "j.State.ToText()", "j.State == JobState.Failed"),
            Case(j => j.State.ToString() == "Failed", "j.State.ToString()", "j.State == JobState.Failed"),
            Case(j => j.ReturnCode + 1 == 3, "of the predicate '((j.ReturnCode + 1) == 3)'", "j.Attempt > 2"),
            Case(j => j.Data.Get<double>("fit.points[0].y") > 1, "j.Data.Get(\"fit.points[0].y\")", ".WithData(\"fit.points[0].y\", value)"),
            Case(j => !j.Parameters.Get<bool>("a.b"), "j.Parameters.Get(\"a.b\")", ".WithParameter(\"['a.b']\", value)"),
            Case(j => j.Data.Contains("fit[0]"), "j.Data.Contains(\"fit[0]\")", ".WithData(\"fit[0]\")"),
            Case(j => j.Application.Value.Contains("Rel"), "j.Application.Value.Contains(\"Rel\")", "compare other texts with =="),
        ];
    }

    [TestCaseSource(nameof(Refused))]
    public void Matching_WhatNoStoreCanAnswer_IsRefusedNamingThePartAndTheWayOut(Expression<Func<Job, bool>> predicate, string part, string instead)
    {
        NotSupportedException refusal = Assert.Throws<NotSupportedException>(() => JobFilter.Matching(predicate))!;

        Assert.That(refusal.Message, Does.Contain(part).And.Contain(instead).And.Contain("await foreach"));
    }

    [Test]
    public void Matching_NullWhereAValueMustBe_NamesIt()
    {
        Fit? fit = null;
        string? tag = null;
        JobId[]? ids = null;
        void Refused(Expression<Func<Job, bool>> predicate, string message) =>
            Assert.That(() => JobFilter.Matching(predicate), Throws.InvalidOperationException.With.Message.EqualTo(message));

        Refused(j => j.Attempt == tag!.Length, "The value 'tag.Length' in the predicate cannot be computed: 'tag' is null.");
        Refused(j => j.Attempt == fit!.Inner.Depth, "The value 'fit.Inner.Depth' in the predicate cannot be computed: 'fit' is null.");
        Refused(j => j.Attempt == Math.Abs(tag!.Length), "The value 'Abs(tag.Length)' in the predicate cannot be computed: 'tag' is null.");
        Refused(j => j.Tags[tag!] == "a", "The value 'tag' in the predicate is null.");
        Refused(j => ids!.Contains(j.Id), "The value 'ids' in the predicate is null.");
        Assert.That(JobFilter.Matching(j => j.Tags["study"] == tag), Is.EqualTo(new OrFilter([])), "a null that is compared is none");
    }

    [Test]
    public void Matching_GuardedValue_IsNotEvaluatedWhenTheGuardFails()
    {
        string? name = null;

        JobFilter filter = JobFilter.Matching(j => name != null && j.Workdir == name.Trim());

        Assert.That(filter, Is.EqualTo(new OrFilter([])));
    }

    private static bool IsOdd(Job job) => job.Id.Value % 2 == 1;

    private sealed record Fit(double X, Inner Inner);

    private sealed record Inner(int Depth);

    private sealed class Relax;

    private sealed class Rebind(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : node;
    }
}
