namespace Balsam.Launch.Lifecycle;

/// <summary>A job's workdir cannot be made, or would lead out of the data directory. The message says why, and what to do.</summary>
internal sealed class WorkdirException(string message) : BalsamException(message);
