namespace Balsam.Storage.LiteDb.Files;

/// <summary>A store file was refused or failed. The message says which file, what was found and what to do.</summary>
internal class StoreFileException : IOException
{
    public StoreFileException(StoreFileProblem problem, string path, string found, string advice, Exception? inner = null)
        : base($"The store file '{path}' {found} {advice}", inner)
    {
        Problem = problem;
        Path = path;
    }

    /// <summary>What kind of trouble it is.</summary>
    public StoreFileProblem Problem { get; }

    /// <summary>The full path of the store file.</summary>
    public string Path { get; }
}
