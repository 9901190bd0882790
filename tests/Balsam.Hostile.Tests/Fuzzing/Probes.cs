namespace Balsam.Hostile.Tests.Fuzzing;

/// <summary>A program that prints what the kernel knows of it: its arguments and its environment, each ended by a NUL.</summary>
internal static class Probe
{
    public const string Separator = "===environment===";

    public const string Script = "cat /proc/$$/cmdline\nprintf '%s\\0' '" + Separator + "'\ncat /proc/$$/environ\n";
}

/// <summary>The probe, started without a shell.</summary>
internal sealed class Direct : ApplicationDefinition
{
    public override CommandTemplate Command => "/bin/sh {{ probe }} {{ a }} {{ words }}";
}

/// <summary>The probe, started by a shell, with a value in its environment as well.</summary>
internal sealed class ByShell : ApplicationDefinition
{
    public override CommandTemplate Command => "x='it''s'; PROBE_VALUE={{ a }} /bin/sh {{ probe }} {{ a }} {{ words }} | cat # ' \"";
}

/// <summary>The probe behind a preamble.</summary>
internal sealed class BehindAPreamble : ApplicationDefinition
{
    public override CommandTemplate Command => "/bin/sh {{ probe }} {{ a }} {{ words }}";

    public override string Preamble => "export PREAMBLE='it is'\nf() { echo \"$@\"; }";
}

/// <summary>The probe as what another shell is told to start.</summary>
internal sealed class Nested : ApplicationDefinition
{
    public override CommandTemplate Command => "/bin/sh -c 'exec /bin/sh \"$@\"' sh {{ probe }} {{ a }} {{ words }}";
}
