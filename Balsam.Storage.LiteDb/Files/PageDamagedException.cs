namespace Balsam.Storage.LiteDb.Files;

/// <summary>
/// A page of the store file does not have the content that was written to it. Not an <see cref="IOException"/>, at which LiteDB would close its
/// engine: the other pages can still be read.
/// </summary>
internal sealed class PageDamagedException(long page) : Exception(FormattableString.Invariant($"Page {page} does not have the content that was written to it."))
{
    /// <summary>The number of the page.</summary>
    public long Page { get; } = page;
}
