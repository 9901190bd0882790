// Counts the words of a text, cut into as many parts as it turns out to need: the splitter (a process, split) is followed by one mapper a part (each a
// process: tr, sort, uniq) that its Postprocess submits, and makes the reducer, which was submitted with the splitter, wait for them.
// The mappers and the edges to them are stored with the splitter's outcome: a crash at any instant leaves all of them, or none and the splitter's hook is called again.
//
//   dotnet run --project samples/MapReduce              counts a made-up text, in map-reduce/
//   dotnet run --project samples/MapReduce -- FILE      counts a file of yours, in map-reduce-NAME/
using Balsam;
using Balsam.Launch;
using MapReduce;

if (args.Length > 1 || (args is [var given] && !File.Exists(given)))
{
    Console.Error.WriteLine($"MapReduce does not know '{string.Join(' ', args)}'. It takes the path of a text file, or nothing.");
    return 2;
}

string directory = args is [var named] ? $"map-reduce-{Path.GetFileNameWithoutExtension(named)}" : "map-reduce";
await using var site = await BalsamSite.OpenAsync(directory, balsam => balsam.AddApplication<Split>().AddApplication<Count>().AddApplication<Reduce>());
if (await site.Client.Jobs.CountAsync() == 0)
{
    string text = args is [var path] ? Path.GetFullPath(path) : MadeUpText.Write(Path.Combine(site.Directory, "text.txt"));
    NewJob split = Split.NewJob("split", new Split.Parameters(text));
    await site.Client.SubmitAsync([split, Reduce.NewJob("reduce", 10).After(split)]);
}
else
{
    await site.Client.Jobs.InState(JobState.Failed).RestartAsync();
    Console.WriteLine($"Going on where {directory} is. To start anew, delete that directory.");
}

IdleReport report = await site.RunUntilIdleAsync();
if (!report.AllFinished)
{
    Console.Error.WriteLine($"Not all jobs have finished: {report}");
    return 1;
}

Job reduce = await site.Client.Jobs.WithApplication<Reduce>().SingleAsync();
long parts = await site.Client.Jobs.WithApplication<Count>().CountAsync();
foreach (string line in Report.Write(reduce.GetResult<WordCounts>()!, parts))
{
    Console.WriteLine(line);
}

return 0;
