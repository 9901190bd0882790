using System.Collections;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Balsam;

/// <summary>Turns a predicate into a filter, or says which part of it cannot be turned.</summary>
internal sealed class PredicateTranslator
{
    private readonly Expression _predicate;
    private readonly PredicateValues _values;

    private PredicateTranslator(LambdaExpression predicate)
    {
        _predicate = predicate.Body;
        _values = new PredicateValues(predicate.Parameters[0]);
    }

    private static JobFilter None { get; } = new OrFilter([]);

    public static JobFilter Translate(Expression<Func<Job, bool>> predicate)
    {
        var translator = new PredicateTranslator(predicate);
        try
        {
            return translator.Filter(predicate.Body);
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw new NotSupportedException("The predicate is nested too deep to be asked of a store. Compare with a list (ids.Contains(j.Id)), or join filters: new OrFilter([.. filters]).", exception);
        }
    }

    private JobFilter Filter(Expression expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!_values.DependsOnJob(expression))
        {
            return PredicateValues.Evaluate(expression) is true ? JobFilter.All : None;
        }

        return expression switch
        {
            BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } and => Both(and),
            BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } or => Either(or),
            BinaryExpression binary when PredicateComparison.Of(binary.NodeType) is { } comparison => Compare(binary, comparison),
            UnaryExpression { NodeType: ExpressionType.Not } not => Filter(not.Operand).Not(),
            UnaryExpression { NodeType: ExpressionType.Convert } convert when convert.Operand.Type == typeof(bool) => Filter(convert.Operand),
            MethodCallExpression call => Call(call),
            _ => IsTrue(expression) ?? throw Refuse(expression, PredicateHints.For(expression)),
        };
    }

    // Lazy as in C#: what is on the right may only make sense when the left holds (name != null && j.Workdir == name.Text).
    private JobFilter Both(BinaryExpression and)
    {
        JobFilter left = Filter(and.Left);
        return left == None ? None : left.And(Filter(and.Right));
    }

    private JobFilter Either(BinaryExpression or)
    {
        if (!_values.DependsOnJob(or.Left) && PredicateValues.Evaluate(or.Left) is true)
        {
            return JobFilter.All;
        }

        JobFilter left = Filter(or.Left);
        JobFilter right = Filter(or.Right);
        return left == None ? right : right == None ? left : left.Or(right);
    }

    private JobFilter? IsTrue(Expression expression) => PredicateSubject.Of(expression, _values) switch
    {
        { Kind: SubjectKind.IsPreprocessed } => new PreprocessedFilter(),
        { Kind: SubjectKind.HasParents } => new HasParentsFilter(),
        { Kind: SubjectKind.HasNoParents } => new HasParentsFilter().Not(),
        { Kind: SubjectKind.HasReturnCode } => new ReturnCodeFilter(null, null),
        { Kind: SubjectKind.Json, Type: { } type } json when type == typeof(bool) || type == typeof(bool?) => new JsonFilter(json.Source, json.Path!, Comparison.Equal, JobData.From(true)),
        _ => null,
    };

    private JobFilter Compare(BinaryExpression binary, Comparison comparison)
    {
        (Expression left, Expression right) = (binary.Left, binary.Right);
        if (!_values.DependsOnJob(left))
        {
            (left, right, comparison) = (right, left, PredicateComparison.Mirror(comparison));
        }

        if (_values.DependsOnJob(right))
        {
            throw Refuse(binary, "both sides depend on the job; compare a field of the job with a value of yours");
        }

        // (j.Attempt > 1) == flag, and bool members.
        if (left.Type == typeof(bool) && PredicateSubject.Of(left, _values)?.Kind != SubjectKind.Json)
        {
            bool holds = PredicateValues.Evaluate(right) is true == (comparison == Comparison.Equal);
            return comparison is Comparison.Equal or Comparison.NotEqual && Filter(left) is { } filter ? holds ? filter : filter.Not() : throw Refuse(binary, "compare with == or !=");
        }

        PredicateSubject subject = PredicateSubject.Of(left, _values) ?? throw Refuse(left, PredicateHints.For(left));
        return SubjectComparison.Translate(subject, comparison, PredicateValues.Evaluate(right)) ?? throw Refuse(binary, PredicateHints.For(subject.Kind));
    }

    private JobFilter Call(MethodCallExpression call)
    {
        if (PredicateMethods.IsContains(call, out Expression? collection, out Expression? item))
        {
            return Contains(call, collection, item);
        }

        if (PredicateMethods.IsParentsAny(call, _values, out LambdaExpression? condition))
        {
            return condition is null ? new HasParentsFilter() : Parents(condition.Parameters[0], condition.Body);
        }

        return call switch
        {
            { Method.Name: nameof(JobFilter.Matches), Object: { } filter } when filter.Type.IsAssignableTo(typeof(JobFilter)) && !_values.DependsOnJob(filter) => PredicateValues.Demand<JobFilter>(filter),
            { Method.Name: nameof(JobStates.IsFinal) } when call.Method.DeclaringType == typeof(JobStates) => new StateFilter(JobStates.Final),
            { Method.Name: nameof(ApplicationName.Is), Object: { } application } when IsMember(application, nameof(Job.Application)) => JobFilters.OfApplication(call.Method.GetGenericArguments()[0]),
            { Method.Name: "ContainsKey", Object: { } tags } when IsMember(tags, nameof(Job.Tags)) => new TagFilter(Argument<string>(call, 0), null),
            { Method.Name: nameof(JobData.Contains), Object: { } data } when data.Type == typeof(JobData) && PredicateSubject.SourceOf(data, _values) is { } source && !PredicateSubject.IsPath(Argument<string>(call, 0)) =>
                new JsonExistsFilter(source, JsonPath.ToMember(Argument<string>(call, 0))),
            { Method.Name: "Equals", Object: { } left, Arguments: [var right] } => Compare(Expression.Equal(left, right.Type == left.Type ? right : Expression.Convert(right, left.Type)), Comparison.Equal),
            { Method.Name: "Equals", Object: null, Arguments: [var left, var right] } when call.Method.DeclaringType == typeof(string) => Compare(Expression.Equal(left, right), Comparison.Equal),
            { Object: { } text } when IsMember(text, nameof(Job.Workdir)) && PredicateMethods.TextMatchOf(call) is { } match => new WorkdirTextFilter(Argument<object>(call, 0).ToString()!, match),
            _ => IsTrue(call) ?? throw Refuse(call, PredicateHints.For(call)),
        };
    }

    private JobFilter Contains(MethodCallExpression call, Expression collection, Expression item)
    {
        if (IsMember(collection, nameof(Job.Tags), "Keys") && !_values.DependsOnJob(item))
        {
            return new TagFilter(PredicateValues.Demand<string>(item), null);
        }

        if (_values.DependsOnJob(collection))
        {
            throw Refuse(call, PredicateHints.For(call));
        }

        PredicateSubject subject = PredicateSubject.Of(item, _values) ?? throw Refuse(item, PredicateHints.For(item));
        object?[] values = [.. PredicateValues.Demand<IEnumerable>(collection).Cast<object?>()];
        return SubjectComparison.IsOneOf(subject, values) ?? throw Refuse(call, PredicateHints.For(subject.Kind));
    }

    private JobFilter Parents(ParameterExpression edge, Expression body)
    {
        switch (body)
        {
            case BinaryExpression { NodeType: ExpressionType.OrElse } or:
                return Parents(edge, or.Left).Or(Parents(edge, or.Right));
            case BinaryExpression { NodeType: ExpressionType.Equal } equal when IsParent(equal.Left, edge) && !_values.DependsOnJob(equal.Right):
                return new ChildOfFilter((JobId)PredicateValues.Evaluate(equal.Right)!);
            case BinaryExpression { NodeType: ExpressionType.Equal } equal when IsParent(equal.Right, edge) && !_values.DependsOnJob(equal.Left):
                return new ChildOfFilter((JobId)PredicateValues.Evaluate(equal.Left)!);
            case MethodCallExpression call when PredicateMethods.IsContains(call, out Expression? collection, out Expression? item) && IsParent(item, edge) && !_values.DependsOnJob(collection):
                return new OrFilter([.. PredicateValues.Demand<IEnumerable>(collection).Cast<JobId>().Distinct().Select(parent => new ChildOfFilter(parent))]);
            default:
                throw Refuse(body, "of a parent, only its number can be asked: j.Parents.Any(p => p.Parent == id), or ids.Contains(p.Parent)");
        }
    }

    private static bool IsParent(Expression expression, ParameterExpression edge) => expression is MemberExpression { Member.Name: nameof(JobDependency.Parent) } member && member.Expression == edge;

    private T Argument<T>(MethodCallExpression call, int place)
        where T : notnull =>
        _values.DependsOnJob(call.Arguments[place]) ? throw Refuse(call, "the argument depends on the job; give a value of yours") : PredicateValues.Demand<T>(call.Arguments[place]);

    private bool IsMember(Expression expression, params ReadOnlySpan<string> names)
    {
        Expression? at = expression;
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (at is not MemberExpression member || member.Member.Name != names[i])
            {
                return false;
            }

            at = member.Expression;
        }

        return at is not null && _values.IsJob(at);
    }

    private NotSupportedException Refuse(Expression part, string hint)
    {
        string text = PredicateText.Of(part);
        string whole = PredicateText.Of(_predicate);
        return new NotSupportedException(
            $"The part '{text}'{(text == whole ? "" : $" of the predicate '{whole}'")} cannot be asked of a store: {hint}. To test jobs with any C#, read them first: await foreach (Job job in query) if (…) ….");
    }
}
