using System.ComponentModel;
using Balsam;
using ParameterSweep.Ising;

namespace ParameterSweep;

[Description("Simulates the Ising model at one temperature and writes result.json: this program itself, in worker mode.")]
internal sealed class Simulate : ApplicationDefinition<IsingParameters>
{
    public const string WorkerMode = "simulate";

    public override CommandTemplate Command => $$$"""exec "$ISING" {{{WorkerMode}}} {{ lattice }} {{ sweeps }} {{ temperature }} {{ seed }}""";

    // Where this program is today is no parameter: a stored job must still run when the program was built elsewhere meanwhile.
    public override IReadOnlyDictionary<string, string> EnvironmentVariables =>
        new Dictionary<string, string> { ["ISING"] = Path.Combine(AppContext.BaseDirectory, nameof(ParameterSweep)) };
}
