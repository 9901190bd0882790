// The shortest durable program: three greetings, each a process of its own, recorded in quickstart/balsam.db.
using Balsam;

await using var site = await BalsamSite.OpenAsync("quickstart", balsam => balsam.AddApplication<Greet>());
await site.Client.SubmitAsync(new[] { "Ada", "Grace", "Edsger" }.Select(name => Greet.NewJob($"greet/{name}", new Greet.Parameters(name))));
Console.WriteLine(await site.RunUntilIdleAsync());
foreach (Job job in await site.Client.Jobs.ToListAsync())
{
    Console.WriteLine($"{job.Workdir}: {job.State.ToText()}: {File.ReadAllText(Path.Combine(site.WorkdirOf(job), "job.out")).Trim()}");
}

internal sealed class Greet : ApplicationDefinition<Greet.Parameters>
{
    public sealed record Parameters(string Name);

    public override CommandTemplate Command => "echo Hello, {{ name }}!";
}
