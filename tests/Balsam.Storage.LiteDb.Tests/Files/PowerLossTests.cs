using Balsam.Storage.LiteDb.Files;

namespace Balsam.Storage.LiteDb.Tests.Files;

/// <summary>Power that goes at each point in turn, with any part of the unsynchronised writes on disk.</summary>
internal sealed class PowerLossTests
{
    private const int Losses = 200;

    [Test]
    public void PowerLoss_AtAnyPoint_KeepsEveryAcknowledgedBatchAndNoHalfOne()
    {
        Random random = TestSeed.NewRandom();
        using var directory = new TemporaryDirectory();
        string path = directory["store.db"];
        int acknowledged = 0;
        for (int loss = 0; loss < Losses; loss++)
        {
            var disk = new PowerLossDisk(random);
            using (LiteDbFile file = LiteDbFile.Open(path, disk.Options(checkpointAt: 200_000)))
            {
                int last = BatchWorkload.Verify(file);
                Assert.That(last, Is.InRange(acknowledged, acknowledged + 1), $"loss {loss}");
                acknowledged = last;
                disk.FailAfter(random.Next(1, random.Next(4) == 0 ? 1_500 : 120));
                CommitUntilFault(file, ref acknowledged);
            }

            disk.Restart();
        }

        Assert.That(acknowledged, Is.GreaterThan(120));
        TestContext.Out.WriteLine($"{acknowledged} batches");
    }

    private static void CommitUntilFault(LiteDbFile file, ref int acknowledged)
    {
        try
        {
            while (true)
            {
                BatchWorkload.Commit(file, acknowledged + 1);
                acknowledged++;
                if (file.CheckpointDue)
                {
                    file.Checkpoint();
                }
            }
        }
        catch (StoreFileFaultedException)
        {
            // The power is gone.
        }
    }
}
