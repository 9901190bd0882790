using System.Linq.Expressions;

namespace Balsam;

/// <summary>Which jobs: a condition that every store can translate, and that can be asked of a job directly.</summary>
public abstract record JobFilter
{
    private const int DeepestNesting = 500;

    private protected JobFilter()
    {
    }

    /// <summary>Every job.</summary>
    public static JobFilter All { get; } = new AndFilter([]);

    /// <summary>Turns a predicate into a filter: <c>j =&gt; j.State == JobState.Failed &amp;&amp; j.Tags["study"] == "a"</c>.</summary>
    /// <param name="predicate">The predicate. A condition about something that a job does not have (a tag, a failure, a member of its data) is false, where the same C# would throw.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="NotSupportedException">A part of the predicate cannot be turned; the message names it, and what to write instead.</exception>
    /// <exception cref="InvalidOperationException">A value in the predicate is null where it must not be; the message names it.</exception>
    public static JobFilter Matching(Expression<Func<Job, bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return PredicateTranslator.Translate(predicate);
    }

    /// <summary>Both of two conditions.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <returns>The condition.</returns>
    public static JobFilter operator &(JobFilter left, JobFilter right) => (left ?? throw new ArgumentNullException(nameof(left))).And(right);

    /// <summary>At least one of two conditions.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <returns>The condition.</returns>
    public static JobFilter operator |(JobFilter left, JobFilter right) => (left ?? throw new ArgumentNullException(nameof(left))).Or(right);

    /// <summary>The opposite of a condition.</summary>
    /// <param name="filter">The condition.</param>
    /// <returns>The condition.</returns>
    public static JobFilter operator !(JobFilter filter) => (filter ?? throw new ArgumentNullException(nameof(filter))).Not();

    /// <summary>How deep conditions are nested in this one.</summary>
    internal virtual int Depth => 0;

    /// <summary>Whether a job meets the condition.</summary>
    /// <param name="job">The job.</param>
    /// <returns>Whether it does.</returns>
    public abstract bool Matches(Job job);

    /// <summary>Both this condition and another.</summary>
    /// <param name="other">The other.</param>
    /// <returns>The condition.</returns>
    public JobFilter And(JobFilter other) => (this, other) switch
    {
        (AndFilter { Parts.IsEmpty: true }, _) => other,
        (_, AndFilter { Parts.IsEmpty: true }) => this,
        (AndFilter left, AndFilter right) => new AndFilter([.. left.Parts, .. right.Parts]),
        (AndFilter left, _) => new AndFilter([.. left.Parts, other]),
        _ => new AndFilter([this, other]),
    };

    /// <summary>This condition or another.</summary>
    /// <param name="other">The other.</param>
    /// <returns>The condition.</returns>
    public JobFilter Or(JobFilter other) => (this, other) switch
    {
        (OrFilter { Parts.IsEmpty: false } left, OrFilter { Parts.IsEmpty: false } right) => new OrFilter([.. left.Parts, .. right.Parts]),
        (OrFilter { Parts.IsEmpty: false } left, _) => new OrFilter([.. left.Parts, other]),
        _ => new OrFilter([this, other]),
    };

    /// <summary>The opposite.</summary>
    /// <returns>The condition.</returns>
    public JobFilter Not() => this is NotFilter not ? not.Part : new NotFilter(this);

    /// <summary>The depth of a condition over others. What is nested deeper could not be followed: each level takes a piece of the stack.</summary>
    private protected static int DepthOver(params ReadOnlySpan<JobFilter> parts)
    {
        int depth = 0;
        foreach (JobFilter part in parts)
        {
            ArgumentNullException.ThrowIfNull(part);
            depth = Math.Max(depth, part.Depth + 1);
        }

        return depth <= DeepestNesting
            ? depth
            : throw new ArgumentException(FormattableString.Invariant(
                $"Conditions are nested more than {DeepestNesting} deep. Put those of one kind into one: new OrFilter([.. conditions]), or a list of values (WithIds, WithKey, WithApplications)."));
    }

    /// <summary>Writes the condition as a person would say it.</summary>
    /// <returns>For example <c>state is FAILED and tag study is "a"</c>: <see cref="JobFilters.Describe"/>.</returns>
    public sealed override string ToString() => JobFilters.Describe(this);
}
