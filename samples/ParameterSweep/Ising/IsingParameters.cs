using System.ComponentModel;

namespace ParameterSweep.Ising;

/// <summary>What a run is given.</summary>
internal sealed record IsingParameters(
    [property: Description("side of the lattice in spins, even")] int Lattice,
    [property: Description("Monte Carlo sweeps; the first fifth is not measured")] int Sweeps,
    [property: Description("temperature in units of the coupling")] double Temperature,
    [property: Description("seed of the random numbers")] int Seed);
