using System.Reflection;
using System.Runtime.CompilerServices;

namespace Balsam.Core.Tests.Queries;

public sealed class FilterWordsTests
{
    private static Type[] Kinds() => [.. typeof(JobFilter).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JobFilter)))];

    [Test]
    public void ToString_Filter_IsWhatDescribeSays()
    {
        JobFilter filter = JobFilter.Matching(job => job.State == JobState.Failed && job.Tags["study"] == "a");
        Assert.That(filter.ToString(), Is.EqualTo("state is FAILED and tag study is \"a\""));
        Assert.That($"{!new AttemptFilter(2, null)}", Is.EqualTo("not attempt is at least 2"));
    }

    [TestCaseSource(nameof(Kinds))]
    public void ToString_EveryKind_HasWordsOfItsOwn(Type kind)
    {
        ConstructorInfo constructor = kind.GetConstructors().First();
        object?[] arguments = [.. constructor.GetParameters().Select(parameter => Some(parameter.ParameterType))];
        Assert.That(constructor.Invoke(arguments).ToString(), Is.Not.Empty.And.Not.Contains(kind.Name));
    }

    private static object? Some(Type type) =>
        type == typeof(JobFilter) ? JobFilter.All
        : type == typeof(JsonPath) ? JsonPath.Parse("a")
        : type == typeof(JobData) ? JobData.From(1)
        : type == typeof(string) ? "text"
        : type == typeof(System.Collections.Immutable.ImmutableArray<JobFilter>) ? System.Collections.Immutable.ImmutableArray<JobFilter>.Empty
        : type == typeof(System.Collections.Immutable.ImmutableHashSet<JobId>) ? System.Collections.Immutable.ImmutableHashSet<JobId>.Empty
        : Nullable.GetUnderlyingType(type) is not null || !type.IsValueType ? null
        : RuntimeHelpers.GetUninitializedObject(type);
}
