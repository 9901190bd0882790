using System.Globalization;

namespace Balsam.Launch.Running;

/// <summary>The variable by which a run's processes are found again when they have left its process group.</summary>
internal sealed class RunMarker
{
    public const string Variable = "BALSAM_RUN";
    private readonly string _runner = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12];

    /// <summary>Whether a value of the variable is that of a run of this runner.</summary>
    public bool IsOfThisRunner(string value) => value.Length > _runner.Length && value[_runner.Length] == '.' && value.StartsWith(_runner, StringComparison.Ordinal);

    /// <summary>The variable's value for a run of this runner.</summary>
    public string ValueOf(long runId) => string.Create(CultureInfo.InvariantCulture, $"{_runner}.{runId}");
}
