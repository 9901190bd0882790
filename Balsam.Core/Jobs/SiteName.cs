namespace Balsam;

/// <summary>The name of a site: one data directory, served by one or more launchers.</summary>
public readonly record struct SiteName
{
    private readonly string? _value;

    /// <summary>Makes a name.</summary>
    /// <param name="value">1 to 64 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, beginning with a letter or digit.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not such a name.</exception>
    public SiteName(string value) => _value = Names.Checked(value, 64, "site name");

    /// <summary>The site that jobs belong to unless they say otherwise: <c>local</c>.</summary>
    public static SiteName Local { get; } = new("local");

    /// <summary>The name; <c>local</c> for a default value.</summary>
    public string Value => _value ?? "local";

    /// <summary>Makes a name from text.</summary>
    /// <param name="value">The text.</param>
    public static implicit operator SiteName(string value) => new(value);

    /// <inheritdoc/>
    public bool Equals(SiteName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Value;
}
