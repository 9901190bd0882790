namespace Balsam;

/// <summary>A reason why a job is where it is. The kinds of reasons are the records derived from this one; there are no others.</summary>
public abstract record JobReason
{
    private protected JobReason()
    {
    }

    /// <summary>What must happen before the job can go on.</summary>
    public virtual JobOutlook Outlook => JobOutlook.Passing;

    /// <summary>The reason as a clause about the job, without a full stop: <c>it waits for parent 17, which is RUNNING</c>.</summary>
    public abstract string Text { get; }

    /// <summary>Writes the clause.</summary>
    /// <returns>The <see cref="Text"/>.</returns>
    public sealed override string ToString() => Text;
}
