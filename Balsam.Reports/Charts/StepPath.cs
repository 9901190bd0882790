using System.Globalization;
using System.Text;

namespace Balsam.Reports.Charts;

/// <summary>Turns a line of steps into the path of a drawing.</summary>
internal static class StepPath
{
    /// <summary>Writes the path: it goes on to the end of the time axis.</summary>
    /// <param name="points">Second and value, in order of time.</param>
    /// <param name="x">The axis of seconds.</param>
    /// <param name="y">The axis of values.</param>
    /// <param name="isClosed">Whether the area down to 0 is closed.</param>
    /// <returns>What stands in a path's <c>d</c>; empty without points.</returns>
    public static string Of(IReadOnlyList<(double At, double Value)> points, Axis x, Axis y, bool isClosed = false)
    {
        if (points.Count == 0)
        {
            return "";
        }

        string left = Number(x.At(points[0].At));
        var path = new StringBuilder("M").Append(left).Append(' ').Append(Number(y.At(points[0].Value)));
        foreach ((double at, double value) in points.Skip(1))
        {
            path.Append('H').Append(Number(x.At(at))).Append('V').Append(Number(y.At(value)));
        }

        path.Append('H').Append(Number(x.End));
        return isClosed ? path.Append('V').Append(Number(y.Start)).Append('H').Append(left).Append('Z').ToString() : path.ToString();
    }

    /// <summary>Writes a place as precisely as it can be seen.</summary>
    public static string Number(double place) => place.ToString("0.##", CultureInfo.InvariantCulture);
}
