using System.Reflection;

namespace Balsam;

/// <summary>The name under which an application is stored: never the CLR type name, so that a class may be renamed.</summary>
public readonly record struct ApplicationName : IComparable<ApplicationName>
{
    private readonly string? _value;

    /// <summary>Makes a name.</summary>
    /// <param name="value">1 to 128 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, beginning with a letter or digit.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not such a name.</exception>
    public ApplicationName(string value) => _value = Names.Checked(value, 128, "application name");

    /// <summary>The name; empty for a default value, which no public call accepts.</summary>
    public string Value => _value ?? "";

    /// <summary>Makes a name from text.</summary>
    /// <param name="value">The text.</param>
    public static implicit operator ApplicationName(string value) => new(value);

    /// <summary>The name of an application class: what <see cref="ApplicationNameAttribute"/> says, else the class name.</summary>
    /// <param name="application">The class.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentException">The class name is not a valid name (a generic class, for example) and there is no attribute.</exception>
    public static ApplicationName Of(Type application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return new ApplicationName(application.GetCustomAttribute<ApplicationNameAttribute>(inherit: false)?.Name ?? application.Name);
    }

    /// <summary>Whether this is the name of an application class, or one of its <see cref="FormerNamesAttribute"/>. Queries know it: <c>j => j.Application.Is&lt;Relax&gt;()</c>.</summary>
    /// <typeparam name="TApplication">The class.</typeparam>
    /// <returns>Whether it is.</returns>
    /// <exception cref="ArgumentException">The class, or its attribute, gives a name that is not valid.</exception>
    public bool Is<TApplication>()
        where TApplication : ApplicationDefinition => AllOf(typeof(TApplication)).Contains(this);

    /// <summary>The name of an application class and its former ones, the present one first.</summary>
    internal static IReadOnlyList<ApplicationName> AllOf(Type application) => [.. FormerOf(application).Prepend(Of(application)).Distinct()];

    internal static IEnumerable<ApplicationName> FormerOf(Type application) =>
        application.GetCustomAttribute<FormerNamesAttribute>(inherit: false)?.Names.Select(name => new ApplicationName(name)) ?? [];

    /// <inheritdoc/>
    public int CompareTo(ApplicationName other) => string.CompareOrdinal(Value, other.Value);

    /// <summary>Whether one name sorts before another.</summary>
    /// <param name="left">The first name.</param>
    /// <param name="right">The second name.</param>
    /// <returns>Whether <paramref name="left"/> sorts before.</returns>
    public static bool operator <(ApplicationName left, ApplicationName right) => left.CompareTo(right) < 0;

    /// <summary>Whether one name sorts after another.</summary>
    /// <param name="left">The first name.</param>
    /// <param name="right">The second name.</param>
    /// <returns>Whether <paramref name="left"/> sorts after.</returns>
    public static bool operator >(ApplicationName left, ApplicationName right) => left.CompareTo(right) > 0;

    /// <summary>Whether one name does not sort after another.</summary>
    /// <param name="left">The first name.</param>
    /// <param name="right">The second name.</param>
    /// <returns>Whether <paramref name="left"/> does not sort after.</returns>
    public static bool operator <=(ApplicationName left, ApplicationName right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one name does not sort before another.</summary>
    /// <param name="left">The first name.</param>
    /// <param name="right">The second name.</param>
    /// <returns>Whether <paramref name="left"/> does not sort before.</returns>
    public static bool operator >=(ApplicationName left, ApplicationName right) => left.CompareTo(right) >= 0;

    /// <summary>Writes the name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Value;
}
