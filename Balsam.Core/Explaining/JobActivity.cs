namespace Balsam;

/// <summary>What a launcher that holds a job does with it.</summary>
public enum JobActivity
{
    /// <summary>It moves the job to its next state.</summary>
    Moving,

    /// <summary>It calls the hook of the job's state, or will as soon as other hooks have returned.</summary>
    Hook,

    /// <summary>It is about to start a run.</summary>
    Starting,

    /// <summary>It runs the job.</summary>
    Running,
}
