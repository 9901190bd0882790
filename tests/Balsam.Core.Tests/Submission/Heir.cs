namespace Balsam.Core.Tests.Submission;

/// <summary>An application that gets files of its parents.</summary>
internal sealed class Heir : ApplicationDefinition
{
    public override CommandTemplate Command => "heir";

    public override IReadOnlyList<string> InputsFromParents => ["*.dat"];
}
