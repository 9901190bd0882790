using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Balsam;

/// <summary>A field of the job, recognised in a predicate.</summary>
internal sealed record PredicateSubject(SubjectKind Kind, Type Type)
{
    /// <summary>The key of a tag.</summary>
    public string Key { get; private init; } = "";

    public JsonSource Source { get; private init; }

    /// <summary>The place in data or parameters; null for any other field.</summary>
    public JsonPath? Path { get; private init; }

    /// <summary>Recognises a field; null when it is none, or one that cannot be asked.</summary>
    public static PredicateSubject? Of(Expression expression, PredicateValues values)
    {
        Expression plain = PredicateMethods.Unconverted(expression);
        return plain switch
        {
            MemberExpression { Expression: { } owner } member => OfMember(member, owner, values),
            MethodCallExpression call => OfCall(call, values),
            _ => null,
        };
    }

    public static JsonSource? SourceOf(Expression data, PredicateValues values) => data is MemberExpression { Expression: { } owner } member && values.IsJob(owner)
        ? member.Member.Name switch
        {
            nameof(Job.Data) => JsonSource.Data,
            nameof(Job.Parameters) => JsonSource.Parameters,
            _ => null,
        }
        : null;

    /// <summary>Whether a name was probably meant as a path: as a name it would silently find nothing.</summary>
    public static bool IsPath(string name) => name.AsSpan().IndexOfAny('.', '[') >= 0;

    private static PredicateSubject? OfMember(MemberExpression member, Expression owner, PredicateValues values)
    {
        if (values.IsJob(owner))
        {
            SubjectKind? kind = member.Member.Name switch
            {
                nameof(Job.Id) => SubjectKind.Id,
                nameof(Job.State) => SubjectKind.State,
                nameof(Job.Application) => SubjectKind.Application,
                nameof(Job.Site) => SubjectKind.Site,
                nameof(Job.Workdir) => SubjectKind.Workdir,
                nameof(Job.Key) => SubjectKind.Key,
                nameof(Job.Attempt) => SubjectKind.Attempt,
                nameof(Job.Priority) => SubjectKind.Priority,
                nameof(Job.ReturnCode) => SubjectKind.ReturnCodeOrNull,
                nameof(Job.LastUpdate) => SubjectKind.LastUpdate,
                nameof(Job.CreatedAt) => SubjectKind.CreatedAt,
                nameof(Job.Failure) => SubjectKind.Failure,
                nameof(Job.IsPreprocessed) => SubjectKind.IsPreprocessed,
                _ => null,
            };
            return kind is { } known ? new PredicateSubject(known, member.Type) : null;
        }

        return owner is MemberExpression { Expression: { } job } field && values.IsJob(job)
            ? (field.Member.Name, member.Member.Name) switch
            {
                (nameof(Job.Id), nameof(JobId.Value)) => new PredicateSubject(SubjectKind.Id, typeof(long)),
                (nameof(Job.Application), nameof(ApplicationName.Value)) => new PredicateSubject(SubjectKind.Application, typeof(string)),
                (nameof(Job.Site), nameof(SiteName.Value)) => new PredicateSubject(SubjectKind.Site, typeof(string)),
                (nameof(Job.ReturnCode), nameof(Nullable<int>.Value)) => new PredicateSubject(SubjectKind.ReturnCode, typeof(int)),
                (nameof(Job.ReturnCode), nameof(Nullable<int>.HasValue)) => new PredicateSubject(SubjectKind.HasReturnCode, typeof(bool)),
                (nameof(Job.Failure), nameof(FailureDetails.Kind)) => new PredicateSubject(SubjectKind.FailureKind, typeof(FailureKind)),
                (nameof(Job.Parents), nameof(ImmutableArray<>.Length)) => new PredicateSubject(SubjectKind.ParentCount, typeof(int)),
                (nameof(Job.Parents), nameof(ImmutableArray<>.IsEmpty) or nameof(ImmutableArray<>.IsDefaultOrEmpty)) => new PredicateSubject(SubjectKind.HasNoParents, typeof(bool)),
                _ => null,
            }
            : null;
    }

    private static PredicateSubject? OfCall(MethodCallExpression call, PredicateValues values) => call switch
    {
        { Method.Name: "get_Item", Object: MemberExpression { Member.Name: nameof(Job.Tags), Expression: { } job }, Arguments: [var key] } when values.IsJob(job) && !values.DependsOnJob(key) =>
            new PredicateSubject(SubjectKind.Tag, typeof(string)) { Key = PredicateValues.Demand<string>(key) },
        { Method.Name: nameof(CollectionExtensions.GetValueOrDefault), Object: null, Arguments: [MemberExpression { Member.Name: nameof(Job.Tags), Expression: { } job }, var key] }
            when values.IsJob(job) && !values.DependsOnJob(key) => new PredicateSubject(SubjectKind.TagOrNull, typeof(string)) { Key = PredicateValues.Demand<string>(key) },
        { Method.Name: nameof(JobData.Get), Object: { } data, Arguments: [var name] } when SourceOf(data, values) is { } source && !values.DependsOnJob(name) && !IsPath(PredicateValues.Demand<string>(name)) =>
            new PredicateSubject(SubjectKind.Json, call.Type) { Source = source, Path = JsonPath.ToMember(PredicateValues.Demand<string>(name)) },
        _ => null,
    };
}
