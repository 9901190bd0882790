namespace Balsam;

/// <summary>The far end of a transfer: <c>location:/absolute/path</c>, where the location is one that the site trusts, or a URI (<c>https://host/path</c>).</summary>
public sealed record TransferAddress
{
    private TransferAddress(string? location, string path)
    {
        Location = location;
        Path = path;
    }

    /// <summary>The site's name of the location; null for a URI.</summary>
    public string? Location { get; }

    /// <summary>The absolute path at the location, or the whole URI.</summary>
    public string Path { get; }

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text, for example <c>laptop:/home/ada/a.xyz</c>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="FormatException"><paramref name="text"/> is neither a location with an absolute path nor a URI.</exception>
    public static TransferAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && text.AsSpan(colon).StartsWith("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
        {
            return new TransferAddress(null, uri.AbsoluteUri);
        }

        return colon > 0 && text.Length > colon + 1 && text[colon + 1] == '/'
            ? new TransferAddress(text[..colon], text[(colon + 1)..])
            : throw new FormatException($"'{text}' is no address of a transfer. Write location:/absolute/path, with one of the site's locations, or a URI.");
    }

    /// <summary>Writes it as it is read.</summary>
    /// <returns>For example <c>laptop:/home/ada/a.xyz</c>.</returns>
    public override string ToString() => Location is null ? Path : $"{Location}:{Path}";
}
