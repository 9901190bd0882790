namespace Balsam.Storage;

/// <summary>A new parent of a stored job that waits for parents.</summary>
/// <param name="Child">The job that is to wait for it too.</param>
/// <param name="Parent">The parent: a stored job, or one of the additions of the same commit. One that the child has already stays as it is.</param>
public readonly record struct JobLink(JobId Child, ParentReference Parent);
