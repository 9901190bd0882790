namespace Balsam.Reports.Sections;

/// <summary>Numbers of jobs by time, in the unit in which they are easily said.</summary>
internal static class Rate
{
    private static readonly (string Name, double Seconds)[] Units = [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)];

    /// <summary>The first unit of time in which there is at least one; the longest when there is none.</summary>
    public static (string Name, double Seconds) UnitOf(double perSecond) => Units.FirstOrDefault(unit => perSecond * unit.Seconds >= 1, Units[^1]);

    /// <summary>For example 3.2 / min.</summary>
    public static string Of(double count, double seconds)
    {
        if (seconds <= 0)
        {
            return "not known";
        }

        (string name, double unit) = UnitOf(count / seconds);
        return $"{Words.Count(count / seconds * unit)} / {name}";
    }
}
