using Balsam.Storage.LiteDb;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam.Docs.Tests.Pages;

[TestFixture]
public sealed class Storage
{
    [Test]
    public async Task BackupInspectionAndRecovery_AsOnThePage_KeepEveryJob()
    {
        CancellationToken cancellationToken = CancellationToken.None;
        string backups = Directory.CreateTempSubdirectory("balsam-docs-backups-").FullName;
        try
        {
            await using (DocsSite docs = await DocsSite.OpenAsync(balsam => balsam.AddApplication<Step>()))
            {
                BalsamSite site = docs.Site;
                await docs.Client.SubmitAsync(Enumerable.Range(0, 5).Select(i => Step.NewJob($"step/{i}")));
                Console.SetOut(TextWriter.Null);

                #region backup
                LiteDbJobStore store = site.Services.GetRequiredService<LiteDbJobStore>();
                await store.BackupAsync(Path.Combine(backups, "monday.db"), cancellationToken);

                StoreReport report = await store.VerifyAsync(cancellationToken);
                foreach (StoreFinding finding in report.Findings)
                {
                    Console.WriteLine($"{finding.Kind}, job {finding.Job}: {finding.What} {finding.Advice}");
                }
                #endregion

                Assert.That((report.IsSound, report.Jobs), Is.EqualTo((true, 5)));
            }

            string damaged = Path.Combine(backups, "monday.db");
            string recovered = Path.Combine(backups, "recovered.db");

            #region recover
            RecoveryReport recovery = await LiteDbRepair.RecoverAsync(damaged, recovered, cancellationToken);
            Console.WriteLine($"{recovery.Jobs} jobs and {recovery.Events} events are in {recovery.Target}.");
            foreach (RecoveryLoss loss in recovery.Losses)
            {
                Console.WriteLine(loss);
            }
            #endregion

            Assert.That((recovery.Jobs, recovery.Losses.Count), Is.EqualTo((5, 0)));
        }
        finally
        {
            Directory.Delete(backups, recursive: true);
        }
    }

    private sealed class Step : ApplicationDefinition
    {
        public override CommandTemplate Command => "true";
    }
}
