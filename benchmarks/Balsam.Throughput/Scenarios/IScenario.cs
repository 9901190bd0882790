using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>One row of the table of targets.</summary>
internal interface IScenario
{
    Task RunAsync(string name, Bench bench);
}
