using System.Runtime.Versioning;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>Jobs of a site whose files come from a real server and go back there.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
internal sealed class SftpCampaignTests : SftpFixture
{
    [Test]
    public async Task Run_JobsWithFilesAtAnSftpLocation_FetchAndDeliverThem()
    {
        for (int i = 0; i < 5; i++)
        {
            File.WriteAllText(At($"in {i}"), $"{i}");
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory("balsam-sftp-site-");
        try
        {
            await using BalsamSite site = await BalsamSite.OpenAsync(directory.FullName, balsam => balsam
                .AddApplication<Copy>()
                .AddTransferLocation("far", Address.AbsoluteUri)
                .AddSftp(options =>
                {
                    options.KnownHostsFile = Server.KnownHostsFile;
                    options.Hosts["127.0.0.1"] = new SftpHost { PrivateKeyFile = Server.KeyFile };
                }));
            NewJob[] jobs = [.. Enumerable.Range(0, 6).Select(i => Copy.NewJob($"copy/{i}").Transfer("input", $"far:/in {i}").Transfer("output", $"far:/results/{i}"))];
            IReadOnlyList<Job> submitted = await site.Client.SubmitAsync(jobs);
            await site.RunUntilIdleAsync();

            List<Job> ended = await site.Client.Jobs.WithIds([.. submitted.Select(job => job.Id)]).ToListAsync();
            Assert.That(ended.Count(job => job.State == JobState.JobFinished), Is.EqualTo(5));
            Assert.That(Enumerable.Range(0, 5).Select(i => File.ReadAllText(At($"results/{i}"))), Is.EqualTo(Enumerable.Range(0, 5).Select(i => $"{i}")));
            FailureDetails failure = ended.Single(job => job.State == JobState.Failed).Failure!;
            Assert.That(failure.Kind, Is.EqualTo(FailureKind.Transfer));
            Assert.That(failure.Message, Does.Contain("'input'").And.Contain("far:/in 5").And.Contain("is not there"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>A command with a slot in and a slot out.</summary>
    private sealed class Copy : ApplicationDefinition
    {
        public override CommandTemplate Command => "cp a b";

        public override IReadOnlyList<TransferSlot> TransferSlots => [TransferSlot.In("input", "a"), TransferSlot.Out("output", "b")];
    }
}
