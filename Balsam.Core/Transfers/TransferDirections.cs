namespace Balsam;

/// <summary>Names of <see cref="TransferDirection"/>.</summary>
public static class TransferDirections
{
    /// <summary>Writes a direction as it reads in text and JSON.</summary>
    /// <param name="direction">The direction.</param>
    /// <returns><c>IN</c> or <c>OUT</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="direction"/> is neither.</exception>
    public static string ToText(this TransferDirection direction) => direction switch
    {
        TransferDirection.In => "IN",
        TransferDirection.Out => "OUT",
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "Not a direction of a transfer."),
    };

    /// <summary>Reads a direction as it is written by <see cref="ToText"/>.</summary>
    /// <param name="text">The name, in capitals.</param>
    /// <returns>The direction.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> names no direction.</exception>
    public static TransferDirection Parse(string text) => text switch
    {
        "IN" => TransferDirection.In,
        "OUT" => TransferDirection.Out,
        _ => throw new FormatException($"'{text}' is not a direction of a transfer. The directions are IN and OUT."),
    };
}
