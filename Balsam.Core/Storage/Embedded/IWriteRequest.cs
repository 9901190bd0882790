namespace Balsam.Storage.Embedded;

/// <summary>Something that waits for the writer.</summary>
internal interface IWriteRequest
{
    /// <summary>The keys that its part has to look up.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Adds its part to the batch; problems of its own are kept for <see cref="Acknowledge"/>.</summary>
    void Stage(StagedBatch batch);

    /// <summary>The batch is durable and published.</summary>
    void Acknowledge();

    /// <summary>The batch could not be written.</summary>
    void Fail(Exception exception);
}
