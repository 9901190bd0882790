using LiteDB;

namespace Balsam.Throughput.Limits;

/// <summary>The documents of one durable write of the engine.</summary>
/// <param name="Events">The events.</param>
/// <param name="Inserts">The new job documents.</param>
/// <param name="Updates">The changed job documents.</param>
/// <param name="Head">The head document.</param>
internal sealed record RecordedBatch(JobEvent[] Events, BsonDocument[] Inserts, BsonDocument[] Updates, BsonDocument Head);
