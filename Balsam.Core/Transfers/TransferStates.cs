namespace Balsam;

/// <summary>Names and groups of <see cref="TransferState"/>.</summary>
public static class TransferStates
{
    private static readonly string[] Names = ["AWAITING_JOB", "PENDING", "ACTIVE", "DONE", "FAILED"];

    /// <summary>Writes a state as it reads in text and JSON.</summary>
    /// <param name="state">The state.</param>
    /// <returns>For example <c>AWAITING_JOB</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="state"/> is not one of the five.</exception>
    public static string ToText(this TransferState state) =>
        state is >= TransferState.AwaitingJob and <= TransferState.Failed ? Names[(int)state - 1] : throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a transfer.");

    /// <summary>Reads a state as it is written by <see cref="ToText"/>.</summary>
    /// <param name="text">The name, in capitals.</param>
    /// <returns>The state.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> names no state.</exception>
    public static TransferState Parse(string text)
    {
        int index = Array.IndexOf(Names, text);
        return index >= 0 ? (TransferState)(index + 1) : throw new FormatException($"'{text}' is not a state of a transfer. The states are {string.Join(", ", Names)}.");
    }
}
