namespace Balsam;

/// <summary>How a file goes from one place of this machine to another.</summary>
public enum LocalTransferMode
{
    /// <summary>As a copy: shared blocks where the file system can (reflink), else byte for byte; holes stay holes.</summary>
    Copy = 1,

    /// <summary>As another name of the same file (hard link): nothing is moved, and who changes one changes both. A copy where the file systems differ.</summary>
    HardLink = 2,
}
