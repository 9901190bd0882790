namespace Balsam;

/// <summary>A parent that a hook or function gives to a job that waits.</summary>
/// <param name="Child">The job that is to wait for it too.</param>
/// <param name="Parent">The parent, and how it must end.</param>
public readonly record struct AddedParent(JobId Child, NewJobParent Parent);
