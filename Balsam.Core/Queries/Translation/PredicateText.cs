using System.Linq.Expressions;
using System.Text.RegularExpressions;

namespace Balsam;

/// <summary>Parts of predicates nearly as they were written, for messages.</summary>
internal static partial class PredicateText
{
    public static string Of(Expression expression)
    {
        string text = Indexer().Replace(WithoutConversions(Captured().Replace(expression.ToString(), "")), "[$1]");
        text = text.Replace(" AndAlso ", " && ", StringComparison.Ordinal).Replace(" OrElse ", " || ", StringComparison.Ordinal);
        return text is ['(', .., ')'] && text.LastIndexOf('(') == 0 ? text[1..^1] : text;
    }

    // Convert(3, Nullable`1) is what the compiler made of a plain 3.
    private static string WithoutConversions(string text)
    {
        const string Conversion = "Convert(";
        text = text.Replace("ConvertChecked(", Conversion, StringComparison.Ordinal);
        for (int start; (start = text.IndexOf(Conversion, StringComparison.Ordinal)) >= 0;)
        {
            int open = start + Conversion.Length;
            (int depth, int comma, int at) = (0, -1, open);
            for (; at < text.Length && (depth > 0 || text[at] != ')'); at++)
            {
                depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
                comma = text[at] == ',' && depth == 0 ? at : comma;
            }

            if (comma < 0 || at == text.Length)
            {
                break;
            }

            text = text[..start] + text[open..comma] + text[(at + 1)..];
        }

        return text;
    }

    // A captured variable is a field of a closure.
    [GeneratedRegex(@"value\([^()]*\)\.")]
    private static partial Regex Captured();

    [GeneratedRegex(@"\.get_Item\(([^()]*)\)")]
    private static partial Regex Indexer();
}
