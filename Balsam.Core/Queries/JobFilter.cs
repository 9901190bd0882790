namespace Balsam;

/// <summary>Which jobs: a condition that every store can translate, and that can be asked of a job directly.</summary>
public abstract record JobFilter
{
    private protected JobFilter()
    {
    }

    /// <summary>Every job.</summary>
    public static JobFilter All { get; } = new AndFilter([]);

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
    public JobFilter Or(JobFilter other) => new OrFilter([this, other]);

    /// <summary>The opposite.</summary>
    /// <returns>The condition.</returns>
    public JobFilter Not() => new NotFilter(this);
}
