using System.ComponentModel;
using Balsam;
using ParameterSweep.Ising;
using ParameterSweep.Report;

namespace ParameterSweep;

[Description("Averages the runs of each temperature; writes table.txt and ising.svg into the site's directory.")]
internal sealed class Gather : FunctionApplication<Gather.Input, SweepPoint[]>
{
    public const string Table = "table.txt";
    public const string Plot = "ising.svg";

    protected override async Task<SweepPoint[]> Run(Input input, RunContext context, CancellationToken cancellationToken)
    {
        string data = Path.GetDirectoryName(context.Workdir)!;
        List<IsingResult> results = [];
        foreach (string workdir in input.Workdirs)
        {
            results.Add(await IsingResult.ReadAsync(Path.Combine(data, workdir, IsingResult.FileName), cancellationToken));
        }

        SweepPoint[] points = [.. results.GroupBy(result => result.Temperature).OrderBy(group => group.Key).Select(SweepPoint.Average)];
        string site = Path.GetDirectoryName(data)!;
        await File.WriteAllTextAsync(Path.Combine(site, Table), SweepTable.Write(points), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(site, Plot), PhasePlot.Draw(points, results[0].Lattice), cancellationToken);
        return points;
    }

    /// <param name="Workdirs">The workdirs of the runs, relative to the data directory.</param>
    internal sealed record Input(IReadOnlyList<string> Workdirs);
}
