using System.Diagnostics;
using System.Globalization;
using Balsam.Launch.Staging;
using Balsam.Launch.Staging.Trees;
using Balsam.Throughput.Measuring;

namespace Balsam.Throughput.Scenarios;

/// <summary>Stage-in of one large file and of many small ones from a directory of this machine, against cp.</summary>
internal sealed class StageScenario : IScenario
{
    private const int FullMegabytes = 1000;
    private const int FullFiles = 20_000;
    private const int FilesPerDirectory = 1000;

    public async Task RunAsync(string name, Bench bench)
    {
        string source = bench.NewDirectory();
        int megabytes = bench.Scaled(FullMegabytes);
        int files = bench.Scaled(FullFiles);
        await FillAsync(source, megabytes, files);

        (List<double> copy, List<double> plain) = await bench.InTurnAsync(() => StageAsync(bench, source, "large"), () => CopyAsync(bench, source, "large", "--reflink=never"));
        (List<double> again, List<double> shared) = await bench.InTurnAsync(() => StageAsync(bench, source, "large"), () => CopyAsync(bench, source, "large", "--reflink=auto"));
        (List<double> many, List<double> tree) = await bench.InTurnAsync(() => StageAsync(bench, source, "many"), () => CopyAsync(bench, source, "many", "-r"));
        bench.Figures.Add($"{name}.mb_per_s", copy.Median(seconds => megabytes / seconds));
        bench.Figures.Add($"{name}.cp_noreflink_mb_per_s", plain.Median(seconds => megabytes / seconds));
        bench.Figures.Add($"{name}.ratio", plain.Median(seconds => seconds) / copy.Median(seconds => seconds));
        bench.Figures.Add($"{name}.cp_ratio", shared.Median(seconds => seconds) / again.Median(seconds => seconds));
        bench.Figures.Add($"{name}.files_per_s", many.Median(seconds => files / seconds));
        bench.Figures.Add($"{name}.cp_files_per_s", tree.Median(seconds => files / seconds));
        bench.Figures.Add($"{name}.files_ratio", tree.Median(seconds => seconds) / many.Median(seconds => seconds));
    }

    private static async Task FillAsync(string directory, int megabytes, int files)
    {
        var random = new Random(1);
        byte[] megabyte = new byte[1_000_000];
        await using (FileStream large = File.Create(Path.Combine(directory, "large")))
        {
            for (int i = 0; i < megabytes; i++)
            {
                random.NextBytes(megabyte);
                await large.WriteAsync(megabyte);
            }
        }

        for (int i = 0; i < files; i++)
        {
            string below = Path.Combine(directory, "many", (i / FilesPerDirectory).ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(below);
            await File.WriteAllTextAsync(Path.Combine(below, i.ToString(CultureInfo.InvariantCulture)), "a small file");
        }
    }

    private static async Task<double> StageAsync(Bench bench, string source, string item)
    {
        string directory = bench.NewDirectory();
        await using var workdir = new DiskTree(directory, WorkdirAccess.Owner);
        var task = new TransferTask(
            new JobId(1),
            new TransferItem { Slot = "item", Direction = TransferDirection.In, LocalPath = item, Remote = TransferAddress.Parse($"source:/{item}"), IsRecursive = true },
            $"/{item}",
            workdir);
        long started = Stopwatch.GetTimestamp();
        await foreach (TransferResult result in new DirectoryProvider(source).MoveAsync(new TransferBatch(new Uri("file:///"), TransferDirection.In, [task]), default))
        {
            if (result.Failure is not null)
            {
                throw result.Failure;
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Directory.Delete(directory, recursive: true);
        return seconds;
    }

    private static async Task<double> CopyAsync(Bench bench, string source, string item, string option)
    {
        string directory = bench.NewDirectory();
        long started = Stopwatch.GetTimestamp();
        using Process copy = Process.Start("cp", [option, Path.Combine(source, item), Path.Combine(directory, item)]);
        await copy.WaitForExitAsync();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Directory.Delete(directory, recursive: true);
        return copy.ExitCode == 0 ? seconds : throw new InvalidOperationException($"cp ended with {copy.ExitCode}.");
    }

    private sealed class DirectoryProvider(string directory) : FileTreeProvider
    {
        public override IReadOnlyCollection<string> Schemes { get; } = [Uri.UriSchemeFile];

        protected override Task<IFileTree> OpenAsync(Uri endpoint, CancellationToken cancellationToken) => Task.FromResult<IFileTree>(new DiskTree(directory, WorkdirAccess.Owner));
    }
}
