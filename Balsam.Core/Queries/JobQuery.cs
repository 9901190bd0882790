using System.Collections.Immutable;
using System.Linq.Expressions;
using Balsam.Storage;

namespace Balsam;

/// <summary>A question about jobs. Immutable and lazy: each call narrows it and gives a new one; nothing is read before a call that ends in <c>Async</c>, or <c>await foreach</c>.</summary>
/// <example><code>
/// List&lt;Job&gt; failed = await client.Jobs.InState(JobState.Failed).WithTag("study", "a").OrderByDescending(JobField.LastUpdate).Take(10).ToListAsync();
/// await foreach (Job job in client.Jobs.Where(j =&gt; j.Attempt &gt; 1 &amp;&amp; j.Data.Get&lt;double&gt;("energy") &lt; 0)) Console.WriteLine(job);
/// await client.Jobs.WithTag("study", "b").CancelAsync("wrong mesh");
/// </code></example>
public sealed partial class JobQuery : IAsyncEnumerable<Job>
{
    private readonly BalsamClient _client;
    private readonly IJobStore _store;

    // Jobs whose kin are asked for: who these are is looked up when the query runs.
    private readonly ImmutableArray<Kinship> _kin;

    internal JobQuery(BalsamClient client, IJobStore store, JobSelector selector)
        : this(client, store, selector, [])
    {
    }

    private JobQuery(BalsamClient client, IJobStore store, JobSelector selector, ImmutableArray<Kinship> kin)
    {
        _client = client;
        _store = store;
        _kin = kin;
        Selector = selector;
    }

    /// <summary>What the store is asked; <see cref="ParentsOf(JobId)"/> and <see cref="DescendantsOf(JobId)"/> add numbers once the query runs.</summary>
    public JobSelector Selector { get; }

    internal IJobStore Store => _store;

    internal bool IsCut => Selector.Skip > 0 || Selector.Take < int.MaxValue;

    /// <summary>Orders by a field, smallest first; the number breaks ties.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The ordered query.</returns>
    public JobQuery OrderBy(JobField field) => Order(field, false);

    /// <summary>Orders by a field, largest first; the number breaks ties, rising.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The ordered query.</returns>
    public JobQuery OrderByDescending(JobField field) => Order(field, true);

    /// <summary>Orders by a field, smallest first: <c>OrderBy(j =&gt; j.LastUpdate)</c>.</summary>
    /// <typeparam name="TField">The field's type.</typeparam>
    /// <param name="field">The field: Id, LastUpdate, State, Workdir or Priority.</param>
    /// <returns>The ordered query.</returns>
    /// <exception cref="NotSupportedException">Jobs cannot be ordered by that.</exception>
    public JobQuery OrderBy<TField>(Expression<Func<Job, TField>> field) => Order(FieldOf(field), false);

    /// <summary>Orders by a field, largest first: <c>OrderByDescending(j =&gt; j.LastUpdate)</c>.</summary>
    /// <typeparam name="TField">The field's type.</typeparam>
    /// <param name="field">The field: Id, LastUpdate, State, Workdir or Priority.</param>
    /// <returns>The ordered query.</returns>
    /// <exception cref="NotSupportedException">Jobs cannot be ordered by that.</exception>
    public JobQuery OrderByDescending<TField>(Expression<Func<Job, TField>> field) => Order(FieldOf(field), true);

    /// <summary>Passes over the first jobs.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The cut query.</returns>
    /// <exception cref="InvalidOperationException">Called after <see cref="Take"/>: skip first.</exception>
    public JobQuery Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Selector.Take == int.MaxValue || count == 0
            ? With(Selector with { Skip = checked(Selector.Skip + count) })
            : throw new InvalidOperationException("Write Skip before Take: .Skip(20).Take(10).");
    }

    /// <summary>Gives at most so many jobs.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The cut query.</returns>
    public JobQuery Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return With(Selector with { Take = Math.Min(Selector.Take, count) });
    }

    /// <summary>Says in words how the store will answer: where it looks, what it then tests on each job, how it orders.</summary>
    /// <returns>A line a step.</returns>
    public string DescribePlan() => string.Join(
        Environment.NewLine, [.. _kin.Select(kin => $"Look up the {kin.Plural} of job {kin.Job}; read only those."), _store.DescribePlan(Selector)]);

    /// <summary>Writes the question in words.</summary>
    /// <returns>For example <c>jobs with state is FAILED and tag study is "a"</c>.</returns>
    public override string ToString() =>
        string.Join(" and ", [$"jobs with {JobFilters.Describe(Selector.Filter)}", .. _kin.Select(kin => $"{kin.Singular} of job {kin.Job}")]);

    private static JobField FieldOf<TField>(Expression<Func<Job, TField>> field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return PredicateMethods.Unconverted(field.Body) is MemberExpression { Member.Name: var name } member && member.Expression == field.Parameters[0] && Enum.TryParse(name, out JobField known)
            ? known
            : throw new NotSupportedException(
                $"Jobs cannot be ordered by '{PredicateText.Of(field.Body)}': they can be by {string.Join(", ", Enum.GetNames<JobField>())}. For another order, read them first and sort the list.");
    }

    private JobQuery Order(JobField field, bool descending)
    {
        DemandUncut();
        return With(Selector with { OrderBy = field, Descending = descending });
    }

    private void DemandUncut()
    {
        if (IsCut)
        {
            throw new InvalidOperationException("Skip and Take cut the result; filter, order and count before them.");
        }
    }

    private JobQuery With(JobSelector selector) => new(_client, _store, selector, _kin);
}
