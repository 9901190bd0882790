namespace Balsam;

/// <summary>The id of one launcher's session with a store.</summary>
/// <param name="Value">The id, version 7, so that ids rise with time.</param>
public readonly record struct SessionId(Guid Value)
{
    /// <summary>Makes a new id.</summary>
    /// <param name="at">The instant it is made, by the caller's clock.</param>
    /// <returns>The id.</returns>
    public static SessionId New(DateTimeOffset at) => new(Guid.CreateVersion7(at));

    /// <summary>Writes the id.</summary>
    /// <returns>The id in hexadecimal.</returns>
    public override string ToString() => Value.ToString("N");
}
