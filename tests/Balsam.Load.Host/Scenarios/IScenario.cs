using Balsam.Load.Host.Measuring;

namespace Balsam.Load.Host.Scenarios;

/// <summary>A load, and what must hold under it.</summary>
internal interface IScenario
{
    /// <summary>Puts the load on and checks what must hold.</summary>
    /// <param name="directory">An empty directory of its own.</param>
    /// <param name="size">How much of it; what it counts is said by the scenario.</param>
    /// <param name="figures">Takes what is measured.</param>
    Task RunAsync(string directory, int size, Figures figures);
}
