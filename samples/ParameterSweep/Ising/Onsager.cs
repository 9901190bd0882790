namespace ParameterSweep.Ising;

/// <summary>What is known exactly of the infinite lattice (Onsager 1944, Yang 1952).</summary>
internal static class Onsager
{
    /// <summary>2 / ln(1 + √2).</summary>
    public static double CriticalTemperature { get; } = 2 / Math.Log(1 + Math.Sqrt(2));

    /// <summary>The magnetisation per spin.</summary>
    public static double Magnetisation(double temperature) =>
        temperature >= CriticalTemperature ? 0 : Math.Pow(1 - Math.Pow(Math.Sinh(2 / temperature), -4), 0.125);
}
