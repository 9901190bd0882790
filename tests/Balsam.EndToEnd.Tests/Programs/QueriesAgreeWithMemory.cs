using System.Linq.Expressions;
using NUnit.Framework;

namespace Balsam.EndToEnd.Tests.Programs;

/// <summary>Every filter and every order that a user may ask for, against the same question put to a list in memory.</summary>
internal sealed class QueriesAgreeWithMemory : ProgramTest
{
    [Test]
    public async Task Query_EveryFilterAndPredicate_GivesWhatAListWouldGive()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>().AddApplication<Check>());
        BalsamClient client = site.Client;
        NewJob root = Square.NewJob("study/root", 3);
        IReadOnlyList<Job> jobs = await client.SubmitAsync(
        [
            root,
            .. Enumerable.Range(-2, 12).Select(i => Check.NewJob($"study/a/{i}", new Check.Parameters(i)).After(root)
                .Tag("study", i % 2 == 0 ? "a" : "b").Tag("i", $"{i}").WithPriority(i % 3).WithKey($"check {i}")),
        ]);
        List<Job> all = [.. await client.WaitAsync(jobs)];
        DateTimeOffset middle = all[6].LastUpdate;
        string[] wanted = ["1", "2", "no such"];
        int limit = 3;

        await AgreeAsync(client.Jobs.WithApplication<Check>(), j => j.Application == "Check");
        await AgreeAsync(client.Jobs.InState(JobState.Failed), j => j.State == JobState.Failed);
        await AgreeAsync(client.Jobs.NotInState(JobState.Failed, JobState.Running), j => j.State != JobState.Failed && j.State != JobState.Running);
        await AgreeAsync(client.Jobs.WithTags(new Dictionary<string, string> { ["study"] = "a", ["i"] = "4" }), j => j.Tags.ContainsKey("study") && j.Tags["study"] == "a" && j.Tags["i"] == "4");
        await AgreeAsync(client.Jobs.WithTag("study"), j => j.Tags.ContainsKey("study"));
        await AgreeAsync(client.Jobs.WithIds(jobs[2].Id, jobs[5].Id), j => j.Id == jobs[2].Id || j.Id == jobs[5].Id);
        await AgreeAsync(client.Jobs.ChildrenOf(jobs[0]), j => j.Parents.Any(p => p.Parent == jobs[0].Id));
        await AgreeAsync(client.Jobs.UnderWorkdir("study/a").WithWorkdirContaining("/-"), j => j.Workdir.StartsWith("study/a/", StringComparison.Ordinal) && j.Workdir.Contains("/-", StringComparison.Ordinal));
        await AgreeAsync(client.Jobs.UpdatedAfter(middle), j => j.LastUpdate >= middle);
        await AgreeAsync(client.Jobs.UpdatedBefore(middle), j => j.LastUpdate <= middle);
        await AgreeAsync(client.Jobs.WithParameter("i", Comparison.GreaterOrEqual, limit), j => j.Application == "Check" && j.Parameters.Get<int>("i") >= limit);
        await AgreeAsync(client.Jobs.WithData("energy", Comparison.Less, -4), j => j.Data.Contains("energy") && j.Data.Get<double>("energy") < -4);
        await AgreeAsync(client.Jobs.WithAttempts(1, 1), j => j.Attempt == 1);
        await AgreeAsync(client.Jobs.WithFailure(FailureKind.ExitCode), j => j.Failure != null && j.Failure.Kind == FailureKind.ExitCode);
        await AgreeAsync(
            client.Jobs.WhereAny(q => q.InState(JobState.Failed), q => q.WithPriority(min: 2)).WhereNot(q => q.WithTag("study", "a")),
            j => (j.State == JobState.Failed || j.Priority >= 2) && !(j.Tags.ContainsKey("study") && j.Tags["study"] == "a"));
        await AgreeAsync(client.Jobs.WithTag("study", "b").WithKey("check 1", "check 2"), j => j.Key == "check 1");
        await AgreeAsync(client.Jobs.ParentsOf(jobs[4]), j => j.Id == jobs[0].Id);
        Assert.That(await client.Jobs.Where(j => wanted.Contains(j.Tags["i"])).CountAsync(), Is.EqualTo(2));

        await OrderAsync(JobField.Id, j => j.Id);
        await OrderAsync(JobField.Priority, j => j.Priority);
        await OrderAsync(JobField.State, j => j.State);
        await OrderAsync(JobField.LastUpdate, j => j.LastUpdate);
        await OrderAsync(JobField.Workdir, j => j.Workdir, StringComparer.Ordinal);

        // Once as a query, once as a predicate for the store, once over the list.
        async Task AgreeAsync(JobQuery query, Expression<Func<Job, bool>> predicate)
        {
            JobId[] expected = [.. all.Where(predicate.Compile()).Select(j => j.Id)];
            Assert.That(expected, Is.Not.Empty, $"{predicate}");
            Assert.That((await query.ToListAsync()).Select(j => j.Id), Is.EqualTo(expected), $"{query}");
            Assert.That((await client.Jobs.Where(predicate).ToListAsync()).Select(j => j.Id), Is.EqualTo(expected), $"{predicate}");
            Assert.That(await query.CountAsync(), Is.EqualTo(expected.Length), $"{query}");
        }

        async Task OrderAsync<T>(JobField field, Func<Job, T> value, IComparer<T>? comparer = null)
        {
            List<Job> rising = await client.Jobs.OrderBy(field).ToListAsync();
            Assert.That(rising.Select(j => j.Id), Is.EqualTo(all.OrderBy(value, comparer).ThenBy(j => j.Id).Select(j => j.Id)), $"by {field}");
            Assert.That(
                (await client.Jobs.OrderByDescending(field).Skip(3).Take(4).ToListAsync()).Select(j => j.Id),
                Is.EqualTo(all.OrderByDescending(value, comparer).ThenBy(j => j.Id).Skip(3).Take(4).Select(j => j.Id)), $"by {field}, falling");
        }
    }

    [Test]
    public async Task Stream_JobsComeAndGoMeanwhile_GivesEachThatStaysOnce()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>());
        BalsamClient client = site.Client;
        IReadOnlyList<Job> jobs = await client.SubmitAsync(Enumerable.Range(0, 1000).Select(i => Square.NewJob($"p/{i}", i).InSite("nobody").Tag("all", "yes")));
        HashSet<JobId> stay = [.. jobs.Where((_, i) => i % 10 != 0).Select(j => j.Id)];

        List<JobId> seen = [];
        await foreach (Job job in client.Jobs.WithTag("all", "yes"))
        {
            seen.Add(job.Id);
            if (seen.Count == 100)
            {
                await client.DeleteAsync(jobs.Where((_, i) => i % 10 == 0).Select(j => j.Id));
                await client.Jobs.WithTag("all", "yes").UpdateAsync(edit => edit.SetPriority(5));
            }
        }

        Assert.That(seen, Is.Unique.And.Ordered);
        Assert.That(stay.IsSubsetOf(seen));
    }

    [Test]
    public async Task Where_WhatNoStoreCanAnswer_IsRefusedAtOnceNamingThePart()
    {
        await using BalsamSite site = await BalsamSite.OpenAsync(Root, balsam => balsam.AddApplication<Square>());
        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => _ = site.Client.Jobs.Where(j => j.State == JobState.Failed && j.Workdir.Length > 3))!;
        Assert.That(refused.Message, Does.Contain("j.Workdir.Length").And.Contain("await foreach"));
    }
}
