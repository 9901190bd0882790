namespace Balsam.Launch.Staging.Copying;

/// <summary>A line of a manifest: in the first one which way the item goes, in the others a file.</summary>
internal sealed record ManifestLine(string? Route, CopyRecord? File);
