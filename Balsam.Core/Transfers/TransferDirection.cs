namespace Balsam;

/// <summary>Which way a transfer goes.</summary>
public enum TransferDirection
{
    /// <summary>Into the workdir, before the job's first hook.</summary>
    In = 1,

    /// <summary>Out of the workdir, after the job's last hook.</summary>
    Out = 2,
}
