using Balsam.Launch;
using Balsam.Launch.Cleanup;
using Balsam.Launch.Staging;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Transfers
{
    [Test]
    public async Task Slots_AsOnThePage_BringInAndTakeOut()
    {
        string archive = Directory.CreateTempSubdirectory("balsam-archive-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(archive, "molecules"));
            await File.WriteAllTextAsync(Path.Combine(archive, "molecules", "7.xyz"), "H 0 0 0");
            await using DocsSite docs = await DocsSite.OpenAsync(balsam =>
            {
                #region Locations
                balsam.AddApplication<Optimize>()
                    .AddTransferLocation("archive", new Uri(archive).AbsoluteUri)
                    .AddLauncher();
                #endregion

                #region Options
                balsam.ConfigureTransfers(options =>
                {
                    options.MaxConcurrentBatches = 5;
                    options.BatchSize = 100;
                    options.MaxAttempts = 5;
                    options.RetryDelay = TimeSpan.FromSeconds(10);
                    options.LongestRetryDelay = TimeSpan.FromMinutes(10);
                    options.LocalMode = LocalTransferMode.Copy;
                });
                #endregion
            });
            BalsamClient client = docs.Client;
            #region Job
            NewJob job = Optimize.NewJob("molecules/7")
                .Transfer("geometry", "archive:/molecules/7.xyz")
                .Transfer("results", "archive:/results/7");
            #endregion

            Job submitted = (await client.SubmitAsync([job, Optimize.NewJob("molecules/8").Transfer("geometry", "archive:/none").Transfer("results", "archive:/results/8")]))[0];
            await docs.Site.RunUntilIdleAsync();
            Job done = await client.WaitAsync(submitted.Id);
            Assert.That((done.State, done.Transfers.Select(item => item.State).Distinct().Single()), Is.EqualTo((JobState.JobFinished, TransferState.Done)), $"{done.Failure}");
            Assert.That((await File.ReadAllTextAsync(Path.Combine(archive, "results", "7", "size"))).Trim(), Is.EqualTo("7"));
            Assert.That(await client.Jobs.Where(new TransferFilter(TransferState.Failed, Location: "archive")).CountAsync(), Is.EqualTo(1));

            #region Query
            await foreach (JobTransfer failed in client.Transfers.InState(TransferState.Failed).AtLocation("archive"))
            {
                Console.WriteLine($"{failed}, try {failed.Item.Attempts}: {failed.Item.Error}");
            }
            #endregion
        }
        finally
        {
            Directory.Delete(archive, recursive: true);
        }
    }

    [Test]
    public void Providers_AsOnThePage_AreRegistered()
    {
        var services = new ServiceCollection();
        services.AddBalsam(balsam =>
        {
            #region Sftp
            balsam.AddSftp(options =>
            {
                options.Hosts["laptop"] = new SftpHost { PrivateKeySecret = "Laptop:Key", PassphraseSecret = "Laptop:Passphrase", HostKeys = { "SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og" } };
                options.Hosts["ada@cluster"] = new SftpHost { PasswordSecret = "Cluster:Password" };
                options.KnownHostsFile = "~/.ssh/known_hosts";
                options.ConnectTimeout = TimeSpan.FromSeconds(30);
                options.AnswerTimeout = TimeSpan.FromMinutes(1);
                options.KeepAlive = TimeSpan.FromSeconds(30);
            });
            #endregion

            #region Rsync
            balsam.AddRsync(options =>
            {
                options.SshArguments.Add("-i");
                options.SshArguments.Add("/etc/balsam/id_transfers");
                options.ConnectTimeout = TimeSpan.FromSeconds(30);
                options.AnswerTimeout = TimeSpan.FromMinutes(1);
            });
            #endregion
        });

        Assert.That(services.Count(service => service.ServiceType == typeof(ITransferProvider)), Is.EqualTo(2));
    }

    [Test]
    public async Task Files_AsOnThePage_AreLinkedAndCleanedUp()
    {
        await using DocsSite docs = await DocsSite.OpenAsync(balsam =>
        {
            balsam.AddApplication<Simulate>().AddApplication<Relax>();
            #region FilesCleanupOptions
            balsam.AddLauncher(options =>
            {
                options.Cleanup.Enabled = true;
                options.Cleanup.Interval = TimeSpan.FromMinutes(5);
            });
            #endregion
        });
        var mesh = Simulate.NewJob("mesh").Tag("study", "a");
        Job[] jobs = [.. await docs.Client.SubmitAsync([mesh, Relax.NewJob("relax").After(mesh)])];
        await docs.Site.RunUntilIdleAsync();
        Assert.That((await docs.Client.WaitAsync(jobs[1].Id)).State, Is.EqualTo(JobState.JobFinished));
        string workdir = docs.Site.WorkdirOf(jobs[0]);
        Assert.That(File.Exists(Path.Combine(workdir, "scratch", "part")), Is.True);

        Launcher launcher = docs.Site.Launcher;
        #region FilesPreview
        await foreach (JobCleanup cleanup in launcher.PreviewCleanupAsync(new TagFilter("study", "a")))
        {
            Console.WriteLine($"{cleanup.Job.Workdir}: {cleanup.Files.Count} files, {cleanup.Bytes} bytes {cleanup.WaitsFor}");
        }

        CleanupReport report = await launcher.CleanUpAsync(new TagFilter("study", "a"));
        Console.WriteLine($"{report.Jobs} jobs, {report.Files} files, {report.Bytes} bytes; {report.Waiting} jobs must wait");
        #endregion

        Assert.That((report, Directory.Exists(Path.Combine(workdir, "scratch"))), Is.EqualTo((new CleanupReport(1, 1, 2, 0, 0), false)));
    }

    #region Slots
    public sealed class Optimize : ApplicationDefinition
    {
        public override CommandTemplate Command => "/bin/sh -c \"wc -c < input.xyz > out/size\"";

        public override IReadOnlyList<TransferSlot> TransferSlots =>
        [
            TransferSlot.In("geometry", "input.xyz") with { Description = "The molecule." },
            TransferSlot.In("basis", ".") with { IsRequired = false },
            TransferSlot.Out("results", "out") with { IsRecursive = true },
        ];

        protected override Task<PreprocessOutcome> Preprocess(JobContext context, CancellationToken cancellationToken)
        {
            Directory.CreateDirectory(Path.Combine(context.Workdir, "out"));
            return Task.FromResult(PreprocessOutcome.Ready);
        }
    }
    #endregion

    #region FilesInputs
    public sealed class Relax : ApplicationDefinition
    {
        public override CommandTemplate Command => "cp mesh.dat relaxed.dat";

        public override IReadOnlyList<string> InputsFromParents => ["*.dat", "restart/**"];
    }
    #endregion

    #region FilesCleanup
    public sealed class Simulate : ApplicationDefinition
    {
        public override CommandTemplate Command => "/bin/sh -c \"mkdir scratch && echo 1 > scratch/part && echo 2 > mesh.dat\"";

        public override IReadOnlyList<string> CleanupFiles => ["*.tmp", "scratch/**"];
    }
    #endregion
}
