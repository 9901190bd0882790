namespace Balsam.EndToEnd.Tests.Samples;

public sealed class QuickStartTests
{
    [Test]
    public async Task Run_InAnEmptyDirectory_GreetsThree()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync("QuickStart", directory.Path);
        Assert.That(result, Is.EqualTo(new SampleResult(
            0,
            """
            JOB_FINISHED 3
            greet/Ada: JOB_FINISHED: Hello, Ada!
            greet/Grace: JOB_FINISHED: Hello, Grace!
            greet/Edsger: JOB_FINISHED: Hello, Edsger!
            """,
            "")));
    }
}
