using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;

namespace Balsam;

/// <summary>How to ask for what is inside data or parameters, in the names and types of the predicate that was refused.</summary>
internal static class ParameterHints
{
    /// <summary>For <c>j.GetParameters&lt;P&gt;().I</c>; null for any other member.</summary>
    public static string? For(MemberExpression member)
    {
        List<string> names = [];
        Expression? at = member;
        for (; at is MemberExpression step; at = step.Expression)
        {
            names.Insert(0, StoredNameOf(step.Member));
        }

        return at is not MethodCallExpression { Method.Name: nameof(Job.GetParameters) } call || call.Method.DeclaringType != typeof(Job) ? null
            : names is [string name] ? $"ask for the parameter by its stored name: j.Parameters.Get<{JsonReading.NameOf(member.Type)}>(\"{name}\")"
            : $"ask for the value by its path: .WithParameter(\"{string.Join('.', names)}\", value)";
    }

    /// <summary>For <c>j.Data.Get&lt;double&gt;("fit.points[0].y")</c>; null when the name is none of a path.</summary>
    public static string? PathOf(MethodCallExpression call)
    {
        if (call.Arguments is not [ConstantExpression or MemberExpression { Expression: ConstantExpression or null }] || PredicateValues.Evaluate(call.Arguments[0]) is not string name || !PredicateSubject.IsPath(name))
        {
            return null;
        }

        string ask = call.Object is MemberExpression { Member.Name: nameof(Job.Parameters) } ? nameof(JobQuery.WithParameter) : nameof(JobQuery.WithData);
        string value = call.Method.Name == nameof(JobData.Contains) ? "" : ", value";
        return $"'{name}' would be the name of a member; ask for a value inside JSON by its path: .{ask}(\"{name}\"{value}), and for a member of that name by .{ask}(\"['{name.Replace("'", "''", StringComparison.Ordinal)}']\"{value})";
    }

    private static string StoredNameOf(MemberInfo member) =>
        member.DeclaringType is { } type
            ? BalsamJson.Options.GetTypeInfo(type).Properties.FirstOrDefault(property => (property.AttributeProvider as MemberInfo)?.Name == member.Name)?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(member.Name)
            : member.Name;
}
