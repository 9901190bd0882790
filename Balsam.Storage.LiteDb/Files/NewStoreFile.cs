using LiteDB;
using LiteDB.Engine;

namespace Balsam.Storage.LiteDb.Files;

/// <summary>Makes a new store file. It appears under its name only when it is complete, so a kill leaves none or a whole one.</summary>
internal static class NewStoreFile
{
    public static void Create(StorePaths paths)
    {
        byte[] image = Image();

        // What a killed opener left is not written over: it may have another mode, or be a link.
        File.Delete(paths.Unfinished);
        using (var file = new FileStream(paths.Unfinished, PrivateFile.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
        {
            file.Write(image);
            file.Flush(flushToDisk: true);
        }

        File.Move(paths.Unfinished, paths.Data, overwrite: false);
        DirectorySync.Sync(paths.Parent);
    }

    /// <summary>An empty LiteDB file that compares strings by their code units (the culture of the process that made it would do otherwise).</summary>
    private static byte[] Image()
    {
        using var data = new MemoryStream();
        using var log = new MemoryStream();
        using (var engine = new LiteEngine(new EngineSettings { DataStream = data, LogStream = log, Collation = Collation.Binary }))
        {
            engine.Pragma(Pragmas.CHECKPOINT, 0);
            engine.Pragma(Pragmas.UTC_DATE, true);
            engine.Checkpoint();
        }

        byte[] image = data.ToArray();
        for (int position = 0; position < image.Length; position += PageFormat.Size)
        {
            PageSeal.Seal(image.AsSpan(position, PageFormat.Size), position);
        }

        return image;
    }
}
