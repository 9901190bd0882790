using Balsam.Storage.LiteDb.Files;
using LiteDB;

namespace Balsam.Storage.LiteDb.Documents;

/// <summary>
/// The checksum that each document carries over its number and everything else in it: LiteDB has none, and would hand out a document with a flipped bit,
/// or with the end of another, as the truth.
/// </summary>
/// <remarks>Documents written before there was a seal have none, and are read as they are.</remarks>
internal static class DocumentSeal
{
    /// <summary>The field of the checksum.</summary>
    public const string Field = "crc";

    /// <summary>Puts the checksum on a document that is complete.</summary>
    /// <returns>The same document.</returns>
    public static BsonDocument Seal(BsonDocument document)
    {
        document[Field] = Checksum(document);
        return document;
    }

    /// <summary>Whether a document has a checksum.</summary>
    public static bool IsSealed(BsonDocument document) => document.ContainsKey(Field);

    /// <summary>Whether a document is as it was written, as far as can be told.</summary>
    public static bool IsWhole(BsonDocument document) => !document.TryGetValue(Field, out BsonValue seal) || (seal.IsInt32 && seal.AsInt32 == Checksum(document));

    /// <summary>Refuses a document that is not as it was written.</summary>
    /// <param name="document">The document.</param>
    /// <param name="what">What it is, before its number: <c>job</c>.</param>
    /// <returns>The same document.</returns>
    /// <exception cref="DocumentDamagedException">It does not match its checksum.</exception>
    public static BsonDocument Check(BsonDocument document, string what) =>
        IsWhole(document) ? document : throw new DocumentDamagedException(what, document["_id"]);

    /// <summary>Refuses a document that is not as it was written, or not the one that was asked for: an index may lead astray.</summary>
    /// <exception cref="DocumentDamagedException">It does not match its checksum, or has another number.</exception>
    public static BsonDocument Check(BsonDocument document, string what, BsonValue asked) =>
        document["_id"] == asked && IsWhole(document) ? document : throw new DocumentDamagedException(what, asked);

    private static int Checksum(BsonDocument document)
    {
        var crc = new Crc32C();
        AddFields(ref crc, document);
        return (int)crc.Value;
    }

    private static void AddFields(ref Crc32C crc, BsonDocument document)
    {
        foreach ((string name, BsonValue value) in document.GetElements())
        {
            if (name != Field)
            {
                crc.Add(name);
                Add(ref crc, value);
            }
        }
    }

    private static void Add(ref Crc32C crc, BsonValue value)
    {
        crc.Add((byte)value.Type);
        switch (value.Type)
        {
            case BsonType.Int32:
                crc.Add((ulong)value.AsInt32);
                break;
            case BsonType.Int64:
                crc.Add((ulong)value.AsInt64);
                break;
            case BsonType.Boolean:
                crc.Add(value.AsBoolean ? (byte)1 : (byte)0);
                break;
            case BsonType.String:
                crc.Add(value.AsString);
                break;
            case BsonType.Binary:
                crc.Add((ulong)value.AsBinary.Length);
                crc.Add((ReadOnlySpan<byte>)value.AsBinary);
                break;
            case BsonType.Guid:
                Span<byte> guid = stackalloc byte[16];
                value.AsGuid.TryWriteBytes(guid);
                crc.Add((ReadOnlySpan<byte>)guid);
                break;
            case BsonType.Array:
                crc.Add((ulong)value.AsArray.Count);
                foreach (BsonValue item in value.AsArray)
                {
                    Add(ref crc, item);
                }

                break;
            case BsonType.Document:
                crc.Add((ulong)value.AsDocument.Count);
                AddFields(ref crc, value.AsDocument);
                break;
            case BsonType.Null:
                break;
            default:
                // A type that no document of ours holds: it came from a flipped bit, or from another program.
                crc.Add(value.ToString());
                break;
        }
    }
}
