namespace Balsam.Launch.Lifecycle;

/// <summary>Sees when a launcher has nothing to do, and orders what happens beside its loop: for hosts on virtual time. A launcher on real time has none.</summary>
internal interface ILauncherConductor
{
    /// <summary>Takes work that is no turn of the loop: a hook, a function, the end of a run, a cancellation. It is begun later, in the order in which it came.</summary>
    /// <param name="job">The job that it is for.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="work">The work; its last act is as a rule a message to the loop.</param>
    void Run(Job job, string what, Func<Task> work);

    /// <summary>Is asked before each message to the loop.</summary>
    /// <returns>Whether the message may go; false once the launcher is to be as if its process had been killed.</returns>
    bool Admit();

    /// <summary>The loop waits for a message.</summary>
    /// <param name="read">How many messages it has read so far.</param>
    /// <param name="idle">Whether nothing runs, and nothing waits for its time or a hook.</param>
    void Rest(long read, bool idle);

    /// <summary>The loop is over.</summary>
    void End();
}
