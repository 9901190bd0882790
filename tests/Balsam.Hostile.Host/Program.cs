// Host DIRECTORY: submits jobs that tell secrets, unless they are stored already, runs what it can, and writes what anybody could ask about them:
// events, explanations, a dry run, reports. The pipe beside DIRECTORY is written to when a job is at its second attempt, so that the program can be killed there.
using Balsam;
using Balsam.Hostile.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

string directory = args[0];
string token = Environment.GetEnvironmentVariable(Secrets.Token)!;
await using BalsamSite site = await BalsamSite.OpenAsync(directory, balsam =>
{
    balsam.Services.AddLogging(log => log.SetMinimumLevel(LogLevel.Trace).AddConsole());
    balsam.AddApplication<Teller>().AddApplication<Blabber>().AddLauncher(options =>
    {
        options.Nodes.Add(new NodeSpec("n1", 4));
        options.KillGrace = TimeSpan.FromSeconds(1);
    });
});
NewJob[] jobs =
[
    Teller.NewJob("teller", ("trace", Teller.Trace), ("pipe", Path.GetFullPath(Path.Combine(directory, "..", "pipe")))),
    .. ((string[])["throw", "result", "data", "tag", "hook"]).Select(what => new NewJob("Blabber", $"blabber/{what}").WithParameters(what)),
];
if (await site.Client.Jobs.CountAsync() == 0)
{
    IReadOnlyList<Job> stored = await site.Client.SubmitAsync(jobs);
    await site.Client.WaitAsync(stored.Skip(1));
    await site.RunUntilIdleAsync();
}

Console.WriteLine(await site.RunUntilIdleAsync());
foreach (NewJob leak in (NewJob[])[
    Teller.NewJob("leak1", ("trace", token), ("pipe", "p")), Teller.NewJob("leak2", ("trace", "x"), ("pipe", "p")).WithData("d", token), Teller.NewJob("leak3", ("trace", "x"), ("pipe", "p")).Tag("t", token), Teller.NewJob("leak4", ("trace", "x"), ("pipe", "p")).WithKey(token),
    Teller.NewJob(token, ("trace", "x"), ("pipe", "p"))])
{
    Console.WriteLine(await site.Client.CheckAsync([leak]));
    try
    {
        await site.Client.SubmitAsync(leak);
        Console.WriteLine("NOT REFUSED");
    }
    catch (SubmitRefusedException refusal)
    {
        Console.WriteLine($"refused: {refusal}");
    }
}

Console.WriteLine(await site.Client.CheckAsync(jobs));
await foreach (Job job in site.Client.Jobs)
{
    Console.WriteLine($"{job}: {job.Failure} {job.Failure?.Stack} {job.Data} {string.Join(", ", job.Tags)}");
    Console.WriteLine(await site.Client.ExplainAsync(job.Id));
    Console.WriteLine(await site.Client.UpdateAsync(job.Id, edit => edit.SetData("leak", token)));
    Console.WriteLine(string.Join('\n', await site.Client.GetHistoryAsync(job.Id)));
}

await site.Client.Reports.WriteHtmlAsync(site.Client.Jobs, Path.Combine(directory, "report.html"));
await site.Client.Reports.WriteCsvAsync(site.Client.Jobs, Path.Combine(directory, "report"));
Console.WriteLine("end");
