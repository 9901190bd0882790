namespace Balsam.Launch.Staging;

/// <summary>A job that a launcher holds between two states to move its files.</summary>
internal sealed class StagedJob(Job job, ApplicationDescriptor application)
{
    /// <summary>The job as it was stored last.</summary>
    public Job Job { get; set; } = job;

    public ApplicationDescriptor Application { get; } = application;

    public TransferDirection Direction { get; } = job.State == JobState.Ready ? TransferDirection.In : TransferDirection.Out;

    /// <summary>How many items wait for a batch.</summary>
    public int Waiting { get; set; }

    /// <summary>How many items are in batches that have begun, and links that are being made.</summary>
    public int Moving { get; set; }

    /// <summary>What the job waits for to be written, in the order in which it came.</summary>
    public List<StagedResult> Results { get; } = [];

    /// <summary>How long the job has to pause before what failed for now is tried again; null when nothing has.</summary>
    public TimeSpan? Pause { get; set; }

    /// <summary>Whether the files of its parents are linked.</summary>
    public bool IsLinked { get; set; }

    /// <summary>Why they cannot be; null when they can.</summary>
    public Exception? LinkFailure { get; set; }

    /// <summary>Whether nothing more is recorded for it: somebody else moved it, or it has failed. It is held until nothing of it moves.</summary>
    public bool IsDisowned { get; set; }

    /// <summary>Whether a change of it is on its way to the store.</summary>
    public bool IsWriting { get; set; }

    public bool NeedsLinks => !IsLinked && LinksParents(Job, Application);

    /// <summary>Whether something must be moved, or linked, before a job can go on.</summary>
    public static bool IsNeeded(Job job, ApplicationDescriptor application) => job.State switch
    {
        JobState.Ready => job.HasOpenTransfers(TransferDirection.In) || LinksParents(job, application),
        JobState.Postprocessed => job.HasOpenTransfers(TransferDirection.Out),
        _ => false,
    };

    private static bool LinksParents(Job job, ApplicationDescriptor application) => job.State == JobState.Ready && application.InputsFromParents.Count > 0 && !job.Parents.IsEmpty;
}
