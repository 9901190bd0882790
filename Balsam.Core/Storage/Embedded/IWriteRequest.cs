namespace Balsam.Storage.Embedded;

/// <summary>Something that waits for the writer.</summary>
internal interface IWriteRequest
{
    /// <summary>Reads what staging will need, while nobody else has to wait.</summary>
    void Prepare(StagedBatch batch);

    /// <summary>Adds its part to the batch; problems of its own are kept for <see cref="Acknowledge"/>.</summary>
    void Stage(StagedBatch batch);

    /// <summary>The batch is durable and published.</summary>
    void Acknowledge();

    /// <summary>The batch could not be written.</summary>
    void Fail(Exception exception);
}
