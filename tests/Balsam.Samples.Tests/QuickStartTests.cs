using Balsam.Testing;

namespace Balsam.Samples.Tests;

[TestFixture]
public sealed class QuickStartTests
{
    [Test]
    public async Task Greet_AName_IsOneWordOfTheCommand()
    {
        await using BalsamTestHost host = await BalsamTestHost.StartAsync(balsam => balsam.AddApplication<Greet>());
        host.Runs<Greet>().Print(run => string.Join('|', [run.Request.FileName, .. run.Request.Arguments]));
        Job job = await host.Client.SubmitAsync(Greet.NewJob("greet", new Greet.Parameters("Ada; rm -rf /")));
        await host.RunUntilIdleAsync();
        host.Expect(job).Finished().Ran(1);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(host.WorkdirOf(job), "job.out")), Is.EqualTo("echo|Hello,|Ada; rm -rf /!\n"));
    }
}
