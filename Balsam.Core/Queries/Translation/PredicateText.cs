using System.Linq.Expressions;
using System.Text.RegularExpressions;

namespace Balsam;

/// <summary>Parts of predicates nearly as they were written, for messages.</summary>
internal static partial class PredicateText
{
    public static string Of(Expression expression)
    {
        string text = Indexer().Replace(Captured().Replace(expression.ToString(), ""), "[$1]");
        text = text.Replace(" AndAlso ", " && ", StringComparison.Ordinal).Replace(" OrElse ", " || ", StringComparison.Ordinal);
        return text is ['(', .., ')'] && text.LastIndexOf('(') == 0 ? text[1..^1] : text;
    }

    // A captured variable is a field of a closure.
    [GeneratedRegex(@"value\([^()]*\)\.")]
    private static partial Regex Captured();

    [GeneratedRegex(@"\.get_Item\(([^()]*)\)")]
    private static partial Regex Indexer();
}
