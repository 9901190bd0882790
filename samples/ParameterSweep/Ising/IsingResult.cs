using System.Text.Json;

namespace ParameterSweep.Ising;

/// <summary>What a run measured, per spin; kept as result.json in its workdir.</summary>
internal sealed record IsingResult(
    int Lattice,
    double Temperature,
    int Seed,
    double Magnetisation,
    double Susceptibility,
    double Energy,
    double HeatCapacity)
{
    public const string FileName = "result.json";

    /// <summary>Reads a result file.</summary>
    public static async Task<IsingResult> ReadAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = File.OpenRead(path);
        await using (file)
        {
            return await JsonSerializer.DeserializeAsync(file, SweepJson.Default.IsingResult, cancellationToken)
                ?? throw new InvalidDataException($"{path} holds no result.");
        }
    }

    /// <summary>Writes the result file whole or not at all: written beside it, then renamed.</summary>
    public void Write(string path)
    {
        string unfinished = path + ".tmp";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(this, SweepJson.Default.IsingResult));
        File.Move(unfinished, path, overwrite: true);
    }
}
