using System.Linq.Expressions;

namespace Balsam;

/// <summary>What to write instead of a part that cannot be turned.</summary>
internal static class PredicateHints
{
    private const string Fields =
        "what can be asked is Id, State, Application, Site, Workdir, Key, Tags, Data, Parameters, Attempt, Priority, ReturnCode, Failure.Kind, LastUpdate, CreatedAt, IsPreprocessed and Parents.Any";

    public static string For(Expression part) => PredicateMethods.Unconverted(part) switch
    {
        BinaryExpression { NodeType: ExpressionType.Add or ExpressionType.Subtract or ExpressionType.Multiply or ExpressionType.Divide or ExpressionType.Modulo } =>
            "compare the field itself with a value, and do the arithmetic on the side of the value (j.Attempt > 2, not j.Attempt + 1 > 3)",
        BinaryExpression { NodeType: ExpressionType.ExclusiveOr } => "write it with &&, || and !",
        ConditionalExpression => "write it with &&, || and ! instead of ?:",
        MethodCallExpression call => ForCall(call),
        MemberExpression member when ParameterHints.For(member) is { } hint => hint,
        MemberExpression { Expression: { } owner } when PredicateText.Of(owner).Contains(".Get(", StringComparison.Ordinal) => "ask for a value inside JSON by its path: .WithData(\"fit.points[0].x\", Comparison.Less, 1.5)",
        _ => Fields,
    };

    public static string For(SubjectKind kind) => kind switch
    {
        SubjectKind.Application or SubjectKind.Site or SubjectKind.Workdir or SubjectKind.Key or SubjectKind.Tag or SubjectKind.TagOrNull or SubjectKind.FailureKind =>
            "it can be compared with == and != only; for a range of workdirs use .UnderWorkdir(directory)",
        SubjectKind.Failure => "compare it with null, or its kind: j.Failure.Kind == FailureKind.Signal",
        SubjectKind.ParentCount => "ask whether there are parents: j.Parents.Any(), or use .ChildrenOf(id)",
        SubjectKind.Json => "a value in data or parameters can be compared with a number, or be equal to a text, bool or enum; for anything else use .WithData(path, value) or .WithParameter(path, value)",
        SubjectKind.Attempt or SubjectKind.Priority or SubjectKind.ReturnCode or SubjectKind.ReturnCodeOrNull => "compare it with a whole number",
        _ => Fields,
    };

    private static string ForCall(MethodCallExpression call) => (call.Method.DeclaringType, call.Method.Name) switch
    {
        (var type, "StartsWith" or "EndsWith" or "Contains") when type == typeof(string) =>
            "only Workdir can be searched, with StartsWith, EndsWith or Contains and by character codes (no other StringComparison); compare other texts with ==",
        (var type, nameof(JobData.Get) or nameof(JobData.Contains)) when type == typeof(JobData) && ParameterHints.PathOf(call) is { } hint => hint,
        (_, "Any" or "All" or "Count" or "Contains") => "of collections only these can be asked: yours.Contains(j.State), j.Tags.ContainsKey(key), j.Parents.Any(p => p.Parent == id)",
        (var type, "IsNullOrEmpty" or "IsNullOrWhiteSpace") when type == typeof(string) => $"compare it: {PredicateText.Of(call.Arguments[0])} == {(call.Arguments[0] is MemberExpression { Member.Name: nameof(Job.Key) } ? "null" : "\"\"")}",
        (var type, nameof(JobStates.ToText)) when type == typeof(JobStates) => "compare the state itself: j.State == JobState.Failed",
        (_, nameof(ToString)) => "compare the field itself, not its text: j.State == JobState.Failed",
        (var type, nameof(Job.GetParameters)) when type == typeof(Job) => "ask for the whole value by its path: .WithParameter(\"$\", value)",
        (var type, "Get") when type == typeof(JobData) => "the name must be a value of yours, and the whole be compared with one: j.Data.Get<double>(\"energy\") < 0",
        _ => $"a store cannot call {call.Method.Name}; compare the job's fields directly: {Fields}",
    };
}
