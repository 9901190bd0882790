using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Balsam;

/// <summary>The methods that predicates call, recognised.</summary>
internal static class PredicateMethods
{
    // states.Contains(j.State): on a list or set, by Enumerable, or, on arrays since C# 14, by MemoryExtensions.
    public static bool IsContains(MethodCallExpression call, [NotNullWhen(true)] out Expression? collection, [NotNullWhen(true)] out Expression? item)
    {
        (collection, item) = call switch
        {
            _ when call.Method.Name != "Contains" => (null, null),
            { Object: null, Arguments: [var first, var second] } when call.Method.DeclaringType == typeof(Enumerable) => (first, second),
            { Object: null, Arguments: [var first, var second, ..] } when call.Method.DeclaringType == typeof(MemoryExtensions) && (call.Arguments.Count == 2 || call.Arguments[2] is ConstantExpression { Value: null }) =>
                (WithoutSpan(first) ?? first, second),
            { Object: { } target, Arguments: [var only] } when target.Type != typeof(string) && target.Type.IsAssignableTo(typeof(IEnumerable)) => (target, only),
            _ => (null, null),
        };
        return collection is not null && item is not null;
    }

    public static bool IsParentsAny(MethodCallExpression call, PredicateValues values, out LambdaExpression? condition)
    {
        condition = null;
        if (call is not { Method.Name: "Any", Object: null, Arguments: [var source, ..] } || Unconverted(source) is not MemberExpression { Member.Name: nameof(Job.Parents) } member || member.Expression is null || !values.IsJob(member.Expression))
        {
            return false;
        }

        condition = call.Arguments.Count == 1 ? null : call.Arguments[1] as LambdaExpression ?? (call.Arguments[1] as UnaryExpression)?.Operand as LambdaExpression;
        return call.Arguments.Count == 1 || condition is not null;
    }

    public static TextMatch? TextMatchOf(MethodCallExpression call) => call.Arguments.Count == 1 || (call.Arguments.Count == 2 && call.Arguments[1] is ConstantExpression { Value: StringComparison.Ordinal })
        ? call.Method.Name switch
        {
            nameof(string.StartsWith) => TextMatch.Start,
            nameof(string.EndsWith) => TextMatch.End,
            nameof(string.Contains) => TextMatch.Anywhere,
            _ => null,
        }
        : null;

    public static Expression? WithoutSpan(Expression expression) => expression switch
    {
        MethodCallExpression { Method.Name: "op_Implicit" or "AsSpan", Arguments: [var array] } => array,
        UnaryExpression { NodeType: ExpressionType.Convert } convert => convert.Operand,
        _ => null,
    };

    public static Expression Unconverted(Expression expression) => expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert ? Unconverted(convert.Operand) : expression;
}
