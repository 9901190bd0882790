using System.Runtime.CompilerServices;

namespace Balsam.Load.Host.Measuring;

/// <summary>Demands what must hold.</summary>
internal static class Check
{
    public static void That(bool holds, string what)
    {
        if (!holds)
        {
            throw new CheckFailedException(what);
        }
    }

    public static void Same<T>(T wanted, T found, [CallerArgumentExpression(nameof(found))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(wanted, found))
        {
            throw new CheckFailedException(FormattableString.Invariant($"{what}: {found}, wanted {wanted}."));
        }
    }

    public static void AtMost(long limit, long found, [CallerArgumentExpression(nameof(found))] string what = "")
    {
        if (found > limit)
        {
            throw new CheckFailedException(FormattableString.Invariant($"{what}: {found}, at most {limit} are allowed."));
        }
    }
}
