namespace WorkflowReplay;

/// <summary>A task of a workflow.</summary>
/// <param name="Number">Its place in the file, from 1. Directories and marker files are named by it: ids may hold anything.</param>
/// <param name="Id">What parents and children refer to it by.</param>
/// <param name="Name">What people call it; several tasks may have the same name.</param>
/// <param name="Parents">The numbers of its parents.</param>
/// <param name="Runtime">How long it ran when it was recorded, in seconds.</param>
/// <param name="Cores">How many cores it had.</param>
internal sealed record WorkflowTask(int Number, string Id, string Name, IReadOnlyList<int> Parents, double Runtime, int Cores)
{
    /// <summary>The name without the number at its end: tasks of one kind run the same program.</summary>
    public string Kind
    {
        get
        {
            string stem = Name.TrimEnd("0123456789".AsSpan()).ToString();
            stem = stem.EndsWith("_ID", StringComparison.Ordinal) ? stem[..^3] : stem;
            return stem.TrimEnd('_', '-', '.') is { Length: > 0 } kind ? kind : Name;
        }
    }
}
