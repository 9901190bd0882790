using Balsam.Storage.LiteDb;
using Balsam.Storage.LiteDb.Files;

namespace Balsam.Crash;

/// <summary>Opens and closes a store, and dies at one of the operations on its files. It says how many there were when it had opened it, and when it had closed it.</summary>
internal static class StoreOpener
{
    private const string Instant = "files";

    public static async Task<int> RunAsync(string path, int tick)
    {
        using var kill = new KillSwitch(Path.GetDirectoryName(path)!) { Plan = new CrashPlan(Instant, 1, tick) };
        await using (var store = new LiteDbJobStore(path) { FileOptions = new LiteDbFileOptions { OpenDevice = file => KillingDevice.Open(file, kill) } })
        {
            kill.Reach(Instant);
            await store.OpenAsync(CancellationToken.None);
            Console.WriteLine(kill.Ticks);
        }

        Console.WriteLine(kill.Ticks);

        return 0;
    }
}
