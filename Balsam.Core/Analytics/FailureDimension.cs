namespace Balsam;

/// <summary>What failures may have in common.</summary>
public enum FailureDimension
{
    /// <summary>A node that the job's last run had.</summary>
    Node = 0,

    /// <summary>The host of the launcher that ran the job last.</summary>
    Host = 1,

    /// <summary>The application.</summary>
    Application = 2,

    /// <summary>The value of a parameter of the application.</summary>
    Parameter = 3,

    /// <summary>The exit code or the signal.</summary>
    ExitCause = 4,
}
