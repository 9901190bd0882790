using Balsam.Storage.LiteDb.Documents;
using BenchmarkDotNet.Attributes;
using LiteDB;

namespace Balsam.Benchmarks;

[MemoryDiagnoser]
public class BsonBenchmarks
{
    private readonly Job _job = Samples.Job(1);
    private readonly BsonDocument _document = JobDocument.Write(Samples.Job(1), [1, 2]);
    private readonly byte[] _bytes = BsonSerializer.Serialize(JobDocument.Write(Samples.Job(1), [1, 2]));

    [Benchmark]
    public object JobToDocument() => JobDocument.Write(_job, [1, 2]);

    [Benchmark]
    public Job DocumentToJob() => JobDocument.Read(_document, []);

    [Benchmark]
    public byte[] DocumentToBytes() => BsonSerializer.Serialize(_document);

    [Benchmark]
    public object BytesToDocument() => BsonSerializer.Deserialize(_bytes);
}
