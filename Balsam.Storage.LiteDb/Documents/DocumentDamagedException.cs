using System.Globalization;
using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>A document is not as it was written. Becomes a <see cref="StoreException"/> that names the file.</summary>
/// <param name="what">What it is, before its number.</param>
/// <param name="id">Its number.</param>
internal sealed class DocumentDamagedException(string what, BsonValue id)
    : Exception($"{what} {Convert.ToString(id.RawValue, CultureInfo.InvariantCulture)} does not have the content that was written; the disk, or another program, changed it.");
