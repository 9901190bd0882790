namespace Balsam.EndToEnd.Tests.Samples;

public sealed class MapReduceTests
{
    private const string Sample = "MapReduce";

    [Test]
    public async Task Run_AFile_CountsItsWordsInAsManyPartsAsItNeeds()
    {
        using var directory = new TemporaryDirectory();
        string file = directory["words.txt"];
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 20_000).Select(i => i % 4 == 0 ? "One, two: two." : i % 2 == 0 ? "TWO three" : "three"));
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, file);
        Assert.That(result, Is.EqualTo(new SampleResult(
            0,
            """
            35000 words, 3 different ones, counted in 3 parts.
            rank      count   Zipf  word
               1      15000  15000  three      ########################################
               2      15000   7500  two        ########################################
               3       5000   5000  one        #############
            """,
            "")));
    }

    [Test]
    public async Task Run_TheMadeUpText_FollowsZipfAndIsRepeatable()
    {
        using var directory = new TemporaryDirectory();
        SampleResult first = await SampleProcess.RunAsync(Sample, directory.Path);
        Assert.That(first.ExitCode, Is.Zero, first.Errors);
        Assert.That(first.Output, Does.Match("^120000 words, [0-9]+ different ones, counted in [1-9][0-9]* parts\\.\n"));
        Assert.That(first.Output.Split('\n'), Has.Length.EqualTo(12));
        Assert.That(first.Output.Split('\n')[2], Does.Contain(" ba ").And.EndWith(new string('#', 40)));

        SampleResult second = await SampleProcess.RunAsync(Sample, directory.Path);
        Assert.That((second.ExitCode, second.Output), Is.EqualTo((0, $"Going on where map-reduce is. To start anew, delete that directory.\n{first.Output}")));
    }

    [Test]
    public async Task Run_WithAFileThatIsNotThere_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        SampleResult result = await SampleProcess.RunAsync(Sample, directory.Path, "nothing.txt");
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((2, "MapReduce does not know 'nothing.txt'. It takes the path of a text file, or nothing.\n")));
    }
}
