// Fetches the readings of weather stations from an archive, summarizes each in a process of its own (sort, awk), brings the summaries back and cleans up.
// The archive is a directory of this machine; with another address in AddTransferLocation it would be a host behind SFTP, and nothing else would change.
// What has arrived is noted with the job: killed at any instant and started again, it goes on where it was, and nobody sees half a file.
//
//   dotnet run --project samples/Staging   in staging/, with the archive in staging/archive/
using Balsam;
using Balsam.Launch;
using Balsam.Launch.Cleanup;
using Staging;

if (args.Length > 0)
{
    Console.Error.WriteLine($"Staging does not know '{string.Join(' ', args)}'. It takes nothing.");
    return 2;
}

string archive = Path.GetFullPath(Path.Combine("staging", "archive"));
await using var site = await BalsamSite.OpenAsync("staging", balsam => balsam.AddApplication<Summarize>().AddTransferLocation("archive", new Uri(archive).AbsoluteUri));
if (await site.Client.Jobs.CountAsync() == 0)
{
    string[] stations = MadeUpReadings.Write(Path.Combine(archive, "readings"));
    await site.Client.SubmitAsync(stations.Select(Summarize.From));
}
else
{
    await site.Client.Jobs.InState(JobState.Failed).RestartAsync();
    Console.WriteLine("Going on where staging is. To start anew, delete that directory.");
}

IdleReport report = await site.RunUntilIdleAsync();
if (!report.AllFinished)
{
    Console.Error.WriteLine($"Not all jobs have finished: {report}");
    return 1;
}

CleanupReport cleaned = await site.Launcher.CleanUpAsync();
foreach (string line in Report.Write(site, archive, await site.Client.Jobs.ToListAsync(), cleaned))
{
    Console.WriteLine(line);
}

return 0;
