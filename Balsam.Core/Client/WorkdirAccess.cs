namespace Balsam;

/// <summary>Who may read what a launcher makes in the data directory: workdirs, <c>job.out</c> and <c>balsam.log</c>. What a job's program makes itself is the program's own.</summary>
/// <remarks>Without effect on Windows, where files take after the directory they are in. What is there already keeps its mode.</remarks>
public enum WorkdirAccess
{
    /// <summary>The account of the launcher alone: directories 0700, files 0600. Since nobody else can enter, this covers what programs write in their workdirs as well.</summary>
    Owner,

    /// <summary>The group too, as far as the umask allows: directories 0770, files 0660 less the umask.</summary>
    Group,

    /// <summary>Whoever the umask allows: directories 0777, files 0666 less the umask.</summary>
    Everyone,
}
