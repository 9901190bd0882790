using System.Linq.Expressions;

namespace Balsam;

/// <summary>The comparison operators of C#.</summary>
internal static class PredicateComparison
{
    public static Comparison? Of(ExpressionType type) => type switch
    {
        ExpressionType.Equal => Comparison.Equal,
        ExpressionType.NotEqual => Comparison.NotEqual,
        ExpressionType.LessThan => Comparison.Less,
        ExpressionType.LessThanOrEqual => Comparison.LessOrEqual,
        ExpressionType.GreaterThan => Comparison.Greater,
        ExpressionType.GreaterThanOrEqual => Comparison.GreaterOrEqual,
        _ => null,
    };

    /// <summary>The same comparison with its sides exchanged.</summary>
    public static Comparison Mirror(Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.Greater,
        Comparison.LessOrEqual => Comparison.GreaterOrEqual,
        Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual,
        _ => comparison,
    };

    /// <summary>Whether a difference is as the comparison says.</summary>
    public static bool Holds(Comparison comparison, int difference) => comparison switch
    {
        Comparison.Equal => difference == 0,
        Comparison.NotEqual => difference != 0,
        Comparison.Less => difference < 0,
        Comparison.LessOrEqual => difference <= 0,
        Comparison.Greater => difference > 0,
        _ => difference >= 0,
    };
}
