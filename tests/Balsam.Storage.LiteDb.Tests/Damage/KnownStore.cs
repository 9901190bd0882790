using System.Collections.Immutable;
using System.Diagnostics;

namespace Balsam.Storage.LiteDb.Tests.Damage;

/// <summary>
/// A store with a known content: jobs of all sizes with tags, keys, parents, failures and long histories, some of them deleted, launchers and applications.
/// Once closed, and once as a kill leaves it, with its log: the files by the endings of their names.
/// </summary>
internal sealed class KnownStore
{
    /// <summary>The numbers that jobs were given.</summary>
    public const int Numbers = 330;

    /// <summary>The values of the tag that every job has.</summary>
    public static readonly ImmutableArray<string> TagValues = ["a", "b", "c"];

    private KnownStore(Dictionary<string, byte[]> closed, Dictionary<string, byte[]> killed, Dictionary<string, string?> content, Dictionary<string, string?> beforeLast)
    {
        Closed = closed;
        Killed = killed;
        Content = content;
        ContentBeforeLastCommit = beforeLast;
    }

    /// <summary>The files after a clean close.</summary>
    public Dictionary<string, byte[]> Closed { get; }

    /// <summary>The files as a kill leaves them.</summary>
    public Dictionary<string, byte[]> Killed { get; }

    /// <summary>What both hold.</summary>
    public Dictionary<string, string?> Content { get; }

    /// <summary>What they held before their last commit.</summary>
    public Dictionary<string, string?> ContentBeforeLastCommit { get; }

    public static string KeyOf(int number) => FormattableString.Invariant($"study/mesh-{number}");

    public static async Task<KnownStore> MakeAsync(string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "known.db");
        await using (var store = new LiteDbJobStore(path))
        {
            await store.OpenAsync(default);
            await FillAsync(store, 1, Numbers - 30);
        }

        // Opened anew, so that the file holds the most and the log the rest.
        await using var again = new LiteDbJobStore(path);
        await again.OpenAsync(default);
        await FillAsync(again, Numbers - 29, Numbers - 1);
        await again.OpenSessionAsync(new SessionRequest { Site = SiteName.Local, Host = "n2", ProcessId = 12 }, default);
        Dictionary<string, string?> beforeLast = await StoreContent.ReadAsync(again, Unexpected);
        await AddAsync(again, Numbers, Numbers);
        Dictionary<string, string?> content = await StoreContent.ReadAsync(again, Unexpected);
        Dictionary<string, byte[]> killed = await CopyAsync(path);
        await again.DisposeAsync();
        return new KnownStore(await CopyAsync(path), killed, content, beforeLast);
    }

    /// <summary>Puts files into a directory, under the name of a store.</summary>
    /// <returns>The path of the store.</returns>
    public static string Write(string directory, IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "store.db");
        foreach ((string ending, byte[] content) in files)
        {
            File.WriteAllBytes(path + ending, content);
        }

        return path;
    }

    private static async Task FillAsync(LiteDbJobStore store, int first, int last)
    {
        await store.RegisterApplicationsAsync([new ApplicationRecord { Name = "App", Command = "echo {{ x }}", ClassName = FormattableString.Invariant($"Tests.App{first}") }], default);
        await store.OpenSessionAsync(new SessionRequest { Site = SiteName.Local, Host = "n1", ProcessId = 11, Nodes = [new NodeSpec("n1", 8)] }, default);
        int middle = (first + last) / 2;
        await AddAsync(store, first, middle);
        for (int number = middle + 1; number <= last; number += 7)
        {
            await AddAsync(store, number, Math.Min(number + 6, last));
        }

        // Single moves, so that the events lie in many chunks; a deletion of the large ones leaves empty pages behind.
        IReadOnlyList<Job> jobs = await store.QueryAsync(new JobSelector(), default);
        foreach (Job job in jobs.Where(job => job.Id.Value >= first && job.Id.Value % 4 == 0 && !job.State.IsFinal()))
        {
            JobChange change = new JobChange(job).Fail(JobTrigger.Cancelled, job.LastUpdate.AddSeconds(1), new FailureDetails { Kind = FailureKind.Cancelled, Message = FormattableString.Invariant($"Enough of {job.Id}.") });
            Assert.That((await store.CommitAsync([new JobCommit { Changes = [change] }], default))[0].IsWritten, Is.True);
        }

        await store.DeleteAsync(new JobDeletion { Ids = [.. jobs.Where(job => job.Id.Value >= first && job.Id.Value % 50 == 0).Select(job => job.Id)] }, default);
    }

    // A job that has parents is the first of its commit, so that they are stored before it.
    private static async Task AddAsync(LiteDbJobStore store, int first, int last)
    {
        foreach (IGrouping<int, int> together in Enumerable.Range(first, last - first + 1).GroupBy(number => number / 5))
        {
            CommitResult result = (await store.CommitAsync([new JobCommit { Additions = [.. together.Select(Addition)] }], default))[0];
            Assert.That(result.Added.Select(job => job.Id.Value), Is.EqualTo(together), result.Refusal?.Message);
        }
    }

    private static JobAddition Addition(int number) => new()
    {
        Application = "App",
        Site = SiteName.Local,
        Key = KeyOf(number),
        Workdir = FormattableString.Invariant($"w/{number}"),
        Parameters = JobData.Parse($$"""{"x":{{number}}}"""),
        Data = JobData.Parse(System.Text.Json.JsonSerializer.Serialize(new { text = new string((char)('a' + (number % 26)), number % 50 == 0 ? 60_000 : number * 37 % 900) })),
        Tags = new Dictionary<string, string> { ["study"] = TagValues[number % 3], ["n"] = FormattableString.Invariant($"{number % 11}") },
        Parents = number % 5 == 0 ? [.. new[] { number - 1, number - 3 }.Where(parent => parent % 50 != 0).Select(parent => ParentReference.To(new JobId(parent)))] : [],
        Resources = number % 6 == 0 ? new JobResources { RanksPerNode = 2, WallTime = TimeSpan.FromMinutes(number) } : JobResources.Default,
        Priority = number % 4,
    };

    private static void Unexpected(string part, Exception exception) => throw new InvalidOperationException($"The undamaged store does not give {part}.", exception);

    // The runtime would refuse to copy files that are held; the shell does not ask. The record of the owner is left where it is: it names this process.
    private static async Task<Dictionary<string, byte[]>> CopyAsync(string path)
    {
        Dictionary<string, byte[]> files = [];
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*"))
        {
            string copy = Path.Combine(Path.GetDirectoryName(path)!, "copy");
            using (Process process = Process.Start("cp", [file, copy]))
            {
                await process.WaitForExitAsync();
            }

            files[file[path.Length..]] = await File.ReadAllBytesAsync(copy);
            File.Delete(copy);
        }

        return files;
    }
}
