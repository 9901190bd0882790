namespace ParameterSweep;

/// <summary>How large the study is, and where it lives. The temperatures and seeds are always the same.</summary>
/// <param name="Directory">The site's directory, below the current one.</param>
/// <param name="Lattice">The side of the lattice in spins, even.</param>
/// <param name="Sweeps">The Monte Carlo sweeps of each run.</param>
/// <param name="RunTime">How long a run takes, roughly.</param>
internal sealed record SweepSize(string Directory, int Lattice, int Sweeps, TimeSpan RunTime)
{
    /// <summary>The study, about a minute on two cores.</summary>
    public static SweepSize Full { get; } = new("ising-sweep", Lattice: 64, Sweeps: 25_000, TimeSpan.FromSeconds(1));

    /// <summary>A few seconds, rough.</summary>
    public static SweepSize Small { get; } = new("ising-sweep-small", Lattice: 16, Sweeps: 4_000, TimeSpan.FromSeconds(0.1));

    /// <summary>Closer together where something happens.</summary>
    public static IReadOnlyList<double> Temperatures { get; } =
    [
        1.50, 1.70, 1.90, 2.00, 2.08, 2.14, 2.18, 2.21, 2.24, 2.26, 2.28, 2.30,
        2.32, 2.35, 2.38, 2.42, 2.47, 2.54, 2.62, 2.72, 2.85, 3.00, 3.25, 3.50,
    ];

    /// <summary>Independent runs at each temperature: their scatter is the error bar.</summary>
    public static IReadOnlyList<int> Seeds { get; } = [1, 2, 3, 4];
}
