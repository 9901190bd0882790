using System.Linq.Expressions;
using System.Reflection;

namespace Balsam;

/// <summary>Tells the parts of a predicate that depend on the job from those that are values, and computes the values.</summary>
internal sealed class PredicateValues(ParameterExpression job)
{
    public bool IsJob(Expression expression) => expression == job || (expression is UnaryExpression { NodeType: ExpressionType.Convert } convert && IsJob(convert.Operand));

    public bool DependsOnJob(Expression expression)
    {
        var search = new Search(job);
        search.Visit(expression);
        return search.Found;
    }

    public static object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        // A captured variable or a member of one, by far the most frequent.
        MemberExpression { Member: FieldInfo field } member => field.GetValue(member.Expression is null ? null : Evaluate(member.Expression)),
        // A span cannot be boxed: an array that became one is meant as the array.
        _ when expression.Type.IsByRefLike => Evaluate(PredicateMethods.WithoutSpan(expression)
            ?? throw new NotSupportedException($"The part '{PredicateText.Of(expression)}' of a predicate is a span; write an array or a list instead.")),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private sealed class Search(ParameterExpression job) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= node == job;
            return node;
        }
    }
}
