using System.Text;

namespace Balsam.Launch.Running;

/// <summary>A variable of the environment, and which of its values count.</summary>
internal sealed class EnvironmentMark(string variable, Func<string, bool> counts)
{
    private readonly byte[] _needle = Encoding.UTF8.GetBytes(variable + "=");

    /// <summary>Whether an <c>environ</c> file has the variable with a value that counts.</summary>
    public bool IsIn(ReadOnlySpan<byte> environment) =>
        ProcReader.TryGetVariable(environment, _needle, out ReadOnlySpan<byte> value) && counts(Encoding.UTF8.GetString(value));
}
