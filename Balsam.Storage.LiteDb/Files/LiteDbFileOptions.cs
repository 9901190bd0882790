using LiteDB;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>How a store file is opened.</summary>
internal sealed record LiteDbFileOptions
{
    /// <summary>Gives the time that stands in the record of the holder. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gives the identity that the file must have, which then must exist; null for any file, or a new one. Default: null.</summary>
    public long? Identity { get; init; }

    /// <summary>The length of the log, in bytes, at which a checkpoint is due. Default: 64 MiB.</summary>
    public long CheckpointAt { get; init; } = 64L * 1024 * 1024;

    /// <summary>How objects become documents. Default: a mapper of its own that keeps strings as they are.</summary>
    public BsonMapper Mapper { get; init; } = new() { EmptyStringToNull = false, TrimWhitespace = false };

    /// <summary>Opens a file; tests give devices that fail. Default: the file on disk.</summary>
    public Func<string, IFileDevice> OpenDevice { get; init; } = FileDevice.Open;
}
