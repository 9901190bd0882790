using System.Linq.Expressions;
using System.Text;
using CsCheck;
using WorkflowReplay;
using WorkflowReplay.WfFormat;

namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>Whatever reads text says of any text what it is, or that it is none of its own.</summary>
public sealed class ParserFuzzTests
{
    private static readonly (string Name, Action<string> Parse)[] Parsers =
    [
        ("CommandTemplate", text => _ = new CommandTemplate(text)), ("JsonPath", text => _ = (Answer(JsonPath.Parse(text)), Answer(JsonPath.ToMember(text)))), ("ApplicationName", text => _ = new ApplicationName(text)), ("SiteName", text => _ = new SiteName(text)),
        ("JobId", text => _ = JobId.Parse(text)), ("JobStates", text => _ = JobStates.Parse(text)),
    ];

    private static IEnumerable<TestCaseData> Cases() => Parsers.Select(parser => new TestCaseData(parser.Parse).SetArgDisplayNames(parser.Name));

    [TestCaseSource(nameof(Cases))]
    public void Parse_AnyText_ReadsItOrRefusesIt(Action<string> parse) => HostileText.Any.Sample(
        text =>
        {
            try
            {
                parse(text);
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException)
            {
                Assert.That(exception.Message, Is.Not.Empty);
            }
        },
        iter: 5_000,
        threads: 1);

    [Test]
    public void WorkflowFile_WithAnyChanges_IsReadOrRefusedInOneLine()
    {
        using var directory = new TemporaryDirectory();
        string whole = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "diamond.json"));
        string path = directory["workflow.json"];
        int refused = 0;
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, 30], Gen.OneOf(HostileText.Any, JsonText.Any)).Array[1, 3].Sample(
            changes =>
            {
                string text = changes.Aggregate(whole, (now, change) =>
                {
                    int at = change.Item1 % (now.Length + 1);
                    return string.Concat(now.AsSpan(0, at), change.Item3, now.AsSpan(Math.Min(now.Length, at + change.Item2)));
                });
                File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
                try
                {
                    Workflow workflow = WorkflowReader.Read(path);
                    _ = workflow.Fingerprint() + workflow.LongestWays(task => task.Runtime).Max() + workflow.Tasks.Max(task => task.Kind) + WorkflowReplay.Text.FileName(workflow.Name);
                }
                catch (RefusedException refusal)
                {
                    refused++;
                    Assert.That(refusal.Message, Does.Not.Contain("\n").And.Not.Contain("\r"));
                }
            },
            iter: 2_000,
            threads: 1);
        Assert.That(refused, Is.GreaterThan(200));
    }

    [Test]
    public void Filters_JoinedByTheThousand_AreOneCondition()
    {
        JobFilter any = Enumerable.Range(1, 5_000).Select(id => (JobFilter)new IdFilter([new JobId(id)])).Aggregate((left, right) => left | right);
        JobFilter all = Enumerable.Range(1, 5_000).Select(id => !(JobFilter)new IdFilter([new JobId(id)])).Aggregate((left, right) => left & right);
        Job job = Job.Create(new JobId(4_999), new JobAddition { Application = "Tool", Site = SiteName.Local }, [], DateTimeOffset.UnixEpoch);
        Assert.That((any.Matches(job), all.Matches(job), any.ToString().Length > 5_000), Is.EqualTo((true, false, true)));
    }

    [Test]
    public void Filters_NestedTooDeep_AreRefusedBeforeTheStackEnds()
    {
        JobFilter filter = new PreprocessedFilter();
        Assert.That(
            () =>
            {
                for (int i = 0; i < 100_000; i++)
                {
                    filter = i % 2 == 0 ? filter & new HasParentsFilter() : filter | new HasParentsFilter();
                }
            },
            Throws.ArgumentException.With.Message.Contains("nested more than 500 deep"));
        Job job = Job.Create(new JobId(1), new JobAddition { Application = "Tool", Site = SiteName.Local }, [], DateTimeOffset.UnixEpoch);
        Assert.That((filter.Matches(job), filter.ToString()), Is.EqualTo((false, filter.ToString())), "what is taken can be asked");
    }

    [Test]
    public void Predicate_NestedTooDeep_IsRefusedBeforeTheStackEnds()
    {
        ParameterExpression job = Expression.Parameter(typeof(Job), "j");
        Expression attempt = Expression.Property(job, nameof(Job.Attempt));
        Expression body = Expression.Equal(attempt, Expression.Constant(0));
        for (int i = 1; i < 200_000; i++)
        {
            body = i % 2 == 0 ? Expression.OrElse(body, Expression.Equal(attempt, Expression.Constant(i))) : Expression.AndAlso(body, Expression.Equal(attempt, Expression.Constant(i)));
        }

        Assert.That(() => JobFilter.Matching(Expression.Lambda<Func<Job, bool>>(body, job)), Throws.InstanceOf<NotSupportedException>().Or.InstanceOf<ArgumentException>());
    }

    private static bool Answer(JsonPath path)
    {
        _ = path.ToString();
        return path.TryFind(JobData.Parse("""{"a":[1,{"b":2}],"..":{"":3}}""").Root, out _);
    }
}
