namespace Balsam.Crash;

/// <summary>A function that gets a file fetched, copies it, and has the copy taken away.</summary>
public sealed class Carry : FunctionApplication<int, int>
{
    /// <summary>The location of what is fetched, and its name there.</summary>
    public const string Depot = "depot";

    /// <summary>The location that copies are taken to, under the path of their job's workdir.</summary>
    public const string Vault = "vault";

    /// <summary>The file in <see cref="Depot"/>.</summary>
    public const string Source = "source.dat";

    public override IReadOnlyList<TransferSlot> TransferSlots => [TransferSlot.In("in", "in.dat"), TransferSlot.Out("out", "out.dat")];

    protected override Task<int> Run(int input, RunContext context, CancellationToken cancellationToken)
    {
        File.Copy(Path.Combine(context.Workdir, "in.dat"), Path.Combine(context.Workdir, "out.dat"), overwrite: true);
        return Task.FromResult(input);
    }
}
