namespace Balsam.Launch.Running;

/// <summary>A process that was found by its environment and ended.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Command">Its command line, shortened.</param>
internal readonly record struct Orphan(int Pid, string Command);
