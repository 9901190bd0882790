using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

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

    /// <summary>Computes a value.</summary>
    /// <exception cref="InvalidOperationException">Something in it is null that must not be.</exception>
    public static object? Evaluate(Expression expression)
    {
        try
        {
            return Compute(expression);
        }
        catch (Exception exception) when (exception is NullReferenceException or TargetException)
        {
            string why = NullIn(expression) is { } culprit ? $"'{PredicateText.Of(culprit)}' is null" : exception.Message;
            throw new InvalidOperationException($"The value '{PredicateText.Of(expression)}' in the predicate cannot be computed: {why}.", exception);
        }
    }

    /// <summary>Computes a value that must be there: the key of a tag, a collection.</summary>
    /// <exception cref="InvalidOperationException">It is null.</exception>
    public static T Demand<T>(Expression expression)
        where T : notnull => Evaluate(expression) is T value ? value : throw new InvalidOperationException($"The value '{PredicateText.Of(expression)}' in the predicate is null.");

    // What a member was asked of.
    private static Expression? NullIn(Expression expression)
    {
        Expression? owner = expression switch
        {
            MemberExpression member => member.Expression,
            MethodCallExpression call => call.Object,
            _ => null,
        };
        IEnumerable<Expression> parts = expression switch
        {
            MethodCallExpression call => call.Arguments,
            BinaryExpression binary => [binary.Left, binary.Right],
            UnaryExpression unary => [unary.Operand],
            _ => [],
        };
        Expression? inside = (owner is null ? parts : parts.Prepend(owner)).Select(NullIn).FirstOrDefault(found => found is not null);
        return inside ?? (owner is not null && Compute(owner) is null ? owner : null);
    }

    private static object? Compute(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        // A captured variable or a member of one, by far the most frequent.
        MemberExpression { Member: FieldInfo field } member => field.GetValue(member.Expression is null ? null : Compute(member.Expression)),
        // A span cannot be boxed: an array that became one is meant as the array.
        _ when expression.Type.IsByRefLike => Compute(PredicateMethods.WithoutSpan(expression)
            ?? throw new NotSupportedException($"The part '{PredicateText.Of(expression)}' of a predicate is a span; write an array or a list instead.")),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private sealed class Search(ParameterExpression job) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        public override Expression? Visit(Expression? node)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return base.Visit(node);
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= node == job;
            return node;
        }
    }
}
