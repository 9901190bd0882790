using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

internal sealed class EventsAcrossAReconnect : ProgramTest
{
    [Test]
    public async Task Watch_GoesOnInAnotherSessionFromItsToken_MissesNothingAndRepeatsNothing()
    {
        List<JobEvent> seen = [];
        long token = 0;
        await using (BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>()))
        {
            IReadOnlyList<Job> jobs = await site.Client.SubmitAsync(Enumerable.Range(-1, 3).Select(i => Square.NewJob($"first/{i + 1}", i).Tag("part", "one")));
            await foreach (JobEvent step in site.Client.Events.WatchAsync(from: token))
            {
                seen.Add(step);
                token = step.Sequence;
                if (seen.Count == 7)
                {
                    break;
                }
            }

            await site.Client.WaitAsync(jobs);
        }

        await using (BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>()))
        {
            BalsamClient client = site.Client;
            Job last = await client.SubmitAsync(Square.NewJob("last", 4).Tag("part", "two"));
            await foreach (JobEvent step in client.Events.WatchAsync(from: token))
            {
                seen.Add(step);
                if (step.JobId == last.Id && step.To == JobState.JobFinished)
                {
                    break;
                }
            }

            Assert.That(seen.Select(e => e.Sequence), Is.EqualTo((await client.Events.ToListAsync()).Select(e => e.Sequence)));
            Assert.That(seen.Select(e => e.Sequence), Is.Unique.And.Ordered);

            List<JobEvent> failures = await client.Events.From(JobState.Running).To(JobState.RunError).OfJobs(q => q.WithTag("part", "one")).ToListAsync();
            Assert.That(failures, Has.Count.EqualTo(1));
            Assert.That(await client.Events.To(JobState.JobFinished).OfJobs(q => q.WithTag("part", "one")).CountAsync(), Is.EqualTo(2));
            Assert.That(await client.Events.WithData("cores", 1).WithData("attempt", 1).CountAsync(), Is.EqualTo(4));
            Assert.That(await client.Events.After(failures[0].At).CountAsync(), Is.EqualTo(seen.Count(e => e.At >= failures[0].At)));
            Assert.That((await client.Events.Descending().Take(1).ToListAsync()).Single().Sequence, Is.EqualTo(seen[^1].Sequence));
        }
    }
}
