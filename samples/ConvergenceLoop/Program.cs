// Refines until a tolerance is met, without knowing beforehand how many steps that takes: each step integrates 4 / (1 + x²) over 0…1, which is π, with
// twice as many intervals as the one before, in a process of its own (awk), and its Postprocess submits the next one, or is content.
// A step and its successor are stored together, so that a crash at any instant leaves neither a gap nor a fork; started again, the loop goes on.
//
//   dotnet run --project samples/ConvergenceLoop            until the error is below 1e-8, in convergence/
//   dotnet run --project samples/ConvergenceLoop -- 1e-10   until another one, in convergence-1e-10/
using System.Globalization;
using Balsam;
using Balsam.Launch;
using ConvergenceLoop;

double tolerance = 1e-8;
if (args.Length > 1 || (args is [var given] && !(double.TryParse(given, CultureInfo.InvariantCulture, out tolerance) && tolerance is >= 1e-13 and < 1)))
{
    Console.Error.WriteLine($"ConvergenceLoop does not know '{string.Join(' ', args)}'. It takes a tolerance between 1e-13 and 1, for example 1e-8.");
    return 2;
}

string directory = args is [var name] ? $"convergence-{name}" : "convergence";
await using var site = await BalsamSite.OpenAsync(directory, balsam => balsam.AddApplication<Refine>());
long known = await site.Client.Jobs.CountAsync();
if (known == 0)
{
    await site.Client.SubmitAsync(Refine.Step(1, tolerance));
}
else
{
    await site.Client.Jobs.InState(JobState.Failed).RestartAsync();
    Console.WriteLine($"Going on after {known} steps. To start anew, delete the directory {directory}.");
}

IdleReport report = await site.RunUntilIdleAsync();
foreach (Job job in await site.Client.Jobs.InState(JobState.JobFinished).ToListAsync())
{
    Console.WriteLine(ErrorLine.Write(job));
}

if (!report.AllFinished)
{
    Console.Error.WriteLine($"Not all steps have finished: {report}");
    return 1;
}

Job last = await site.Client.Jobs.OrderByDescending(JobField.Id).FirstAsync();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"π = {last.Data.Get<double>("value"):F12} after {report.Counts[JobState.JobFinished]} steps; the true error is {Math.Abs(last.Data.Get<double>("value") - Math.PI):E1}."));
return 0;
