using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Balsam.Storage.LiteDb.Tests.Care;

/// <summary>Everybody at once on one store: submitters, launchers with their hooks' commits, bulk changes, deletes, queries, an event stream, backups and inspections.</summary>
/// <remarks>It keeps its own books of what was acknowledged, and compares them with the store when that has been opened anew.</remarks>
internal sealed class StressLoad(LiteDbJobStore store, string directory, int seed, CancellationToken end)
{
    private static readonly string[] Studies = ["alpha", "beta", "gamma"];

    private readonly ConcurrentDictionary<JobId, byte> _added = [];
    private readonly ConcurrentDictionary<JobId, byte> _deleted = [];
    private readonly ConcurrentQueue<JobId> _recent = [];
    private readonly Dictionary<JobId, JobEvent> _streamed = [];
    private readonly ConcurrentDictionary<string, long> _done = [];
    private long _seen;

    /// <summary>How often each of the parties did what it does.</summary>
    public IEnumerable<string> Done => _done.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => FormattableString.Invariant($"{entry.Value} {entry.Key}"));

    public async Task RunAsync()
    {
        List<Task> parties = [];
        Start(3, SubmitAsync);
        Start(2, LaunchAsync);
        Start(1, ChangeAsync);
        Start(1, DeleteAsync);
        Start(3, QueryAsync);
        Start(1, StreamAsync);
        Start(1, CareAsync);
        await Task.WhenAll(parties);
        while (await StreamOnAsync() > 0)
        {
        }

        void Start(int count, Func<Random, Task> party)
        {
            for (int i = 0; i < count; i++)
            {
                var random = new Random(HashCode.Combine(seed, parties.Count));
                parties.Add(Task.Run(async () =>
                {
                    while (!end.IsCancellationRequested)
                    {
                        await party(random);
                    }
                }));
            }
        }
    }

    /// <summary>Compares the books with the store, opened anew.</summary>
    public async Task VerifyAsync(LiteDbJobStore reopened)
    {
        IReadOnlyList<Job> jobs = await reopened.QueryAsync(new JobSelector(), CancellationToken.None);
        Assert.That(jobs.Select(job => job.Id), Is.EquivalentTo(_added.Keys.Except(_deleted.Keys)), "What was acknowledged, and nothing else, is there.");
        foreach (Job job in jobs)
        {
            if (!_streamed.TryGetValue(job.Id, out JobEvent? last) || last.To != job.State)
            {
                Assert.Fail($"{job}, and the last event of the stream about it was {last}.");
            }
        }

        JobCounts counts = await reopened.CountAsync(JobFilter.All, CancellationToken.None);
        Assert.That(JobStates.All.Select(state => counts[state]), Is.EqualTo(JobStates.All.Select(state => (long)jobs.Count(job => job.State == state))));
        foreach (string study in Studies)
        {
            IReadOnlyList<Job> tagged = await reopened.QueryAsync(new JobSelector { Filter = new TagFilter("study", study) }, CancellationToken.None);
            Assert.That(tagged.Select(job => job.Id), Is.EqualTo(jobs.Where(job => job.Tags["study"] == study).Select(job => job.Id)), study);
        }

        StoreReport report = await reopened.VerifyAsync();
        Assert.That(report.Findings, Is.Empty, report.ToString());
        Assert.That(report.Jobs, Is.EqualTo(jobs.Count));
        TestContext.Out.WriteLine(report);
    }

    private async Task SubmitAsync(Random random)
    {
        JobAddition[] additions = new JobAddition[random.Next(1, 20)];
        for (int i = 0; i < additions.Length; i++)
        {
            List<ParentReference> parents = [];
            if (i > 0 && random.Next(3) == 0)
            {
                parents.Add(ParentReference.ToIndex(random.Next(i), random.Next(4) == 0 ? DependencyCondition.Either : DependencyCondition.Success));
            }

            if (random.Next(10) == 0 && _recent.TryPeek(out JobId recent))
            {
                parents.Add(ParentReference.To(recent));
            }

            additions[i] = new JobAddition
            {
                Application = Campaign.App,
                Site = SiteName.Local,
                Key = random.Next(4) == 0 ? random.Next(5_000).ToString(CultureInfo.InvariantCulture) : null,
                Tags = ImmutableDictionary<string, string>.Empty.Add("study", Studies[random.Next(3)]).Add("n", random.Next(100).ToString(CultureInfo.InvariantCulture)),
                Parameters = JobData.Parse($$"""{"text":"{{new string('p', random.Next(20) == 0 ? random.Next(30_000) : random.Next(200))}}"}"""),
                Parents = [.. parents],
            };
        }

        // A key twice in a call is the caller's mistake.
        additions = [.. additions.Select((addition, i) => additions[..i].Any(other => other.Key is not null && other.Key == addition.Key) ? addition with { Key = null } : addition)];
        CommitResult result = (await store.CommitAsync([new JobCommit { Additions = additions }], CancellationToken.None))[0];
        if (!result.IsWritten)
        {
            Assert.That(result.Refusal, Is.TypeOf<JobNotFoundException>());
            _recent.TryDequeue(out _);
            return;
        }

        foreach (Job job in result.Added.Where(job => !result.Existing.Contains(job.Id)))
        {
            _added[job.Id] = 0;
            _recent.Enqueue(job.Id);
        }

        Count("submits");
    }

    private async Task LaunchAsync(Random random)
    {
        LauncherSession session = await store.OpenSessionAsync(new SessionRequest { Site = SiteName.Local, Host = "host", ProcessId = 17, LeaseDuration = TimeSpan.FromHours(1) }, CancellationToken.None);
        for (int round = 0; round < 50 && !end.IsCancellationRequested; round++)
        {
            ClaimResult claim = await store.ClaimAsync(new ClaimRequest { Lease = session.Token, Limit = 20, Wanted = Campaign.Wanted }, CancellationToken.None);
            IReadOnlyList<Job> running = await MoveAsync(claim.Jobs, session, true, (job, change) => Campaign.Finish(change, JobState.Running));
            IReadOnlyList<Job> ended = await MoveAsync(running, session, true, (job, change) => change.Apply(random.Next(10) == 0 ? JobTrigger.RunFailed : JobTrigger.RunSucceeded, job.LastUpdate));
            await MoveAsync(ended, session, false, (job, change) =>
            {
                if (job.State == JobState.RunError)
                {
                    change.Apply(random.Next(2) == 0 ? JobTrigger.RetryRequested : JobTrigger.HookFailed, job.LastUpdate);
                    return;
                }

                change.Edit(fields => fields with { Data = JobData.Parse(FormattableString.Invariant($$"""{"energy":{{random.Next()}}}""")) }, job.LastUpdate);
                Campaign.Finish(change, JobState.JobFinished);
            });
            Count("launcher rounds");
        }

        await store.CloseSessionAsync(session.Token, CancellationToken.None);
    }

    // One commit a job, as hooks do, all in flight at once; what somebody else changed meanwhile is refused and let go.
    private async Task<IReadOnlyList<Job>> MoveAsync(IReadOnlyList<Job> jobs, LauncherSession session, bool keep, Action<Job, JobChange> move)
    {
        var moved = await Task.WhenAll(jobs.Select(async job =>
        {
            var change = new JobChange(job);
            move(job, change);
            CommitResult result = (await store.CommitAsync([new JobCommit { Changes = [change], Lease = session.Token, KeepLease = keep }], CancellationToken.None))[0];
            if (!result.IsWritten)
            {
                await store.ReleaseAsync(session.Token, [job.Id], CancellationToken.None);
                return null;
            }

            Count("commits of hooks");
            return change.After;
        }));
        return [.. moved.OfType<Job>()];
    }

    private async Task ChangeAsync(Random random)
    {
        IReadOnlyList<Job> some = await store.QueryAsync(new JobSelector { Filter = new TagFilter("n", random.Next(100).ToString(CultureInfo.InvariantCulture)), Take = 50 }, CancellationToken.None);
        bool restarts = random.Next(2) == 0;
        await store.ChangeAsync(
            new JobBulkChange
            {
                Ids = [.. some.Select(job => job.Id)],
                Rule = (job, _) => restarts == job.State.IsFinal() && job.State != JobState.Running
                    ? JobDecision.Make(restarts ? new JobChange(job).Apply(JobTrigger.Restarted, job.LastUpdate) : new JobChange(job).Fail(JobTrigger.Cancelled, job.LastUpdate, new FailureDetails { Kind = FailureKind.Cancelled, Message = "wrong mesh" }))
                    : JobDecision.Refuse(WhyUnchanged.NoLongerMatches, "not now"),
            },
            CancellationToken.None);
        Count("bulk changes");
    }

    private async Task DeleteAsync(Random random)
    {
        if (!_recent.TryDequeue(out JobId oldest))
        {
            await Task.Yield();
            return;
        }

        JobId[] ids = [oldest, .. Enumerable.Range(0, random.Next(30)).Select(_ => _recent.TryDequeue(out JobId id) ? id : oldest)];
        ChangeReport report = await store.DeleteAsync(new JobDeletion { Ids = [.. ids.Where(_ => random.Next(2) == 0)], Scope = random.Next(2) == 0 ? DeleteScope.WithDescendants : DeleteScope.OnlyThese }, CancellationToken.None);
        foreach (JobId id in report.Changed)
        {
            _deleted[id] = 0;
        }

        Count("deletes");
    }

    private async Task QueryAsync(Random random)
    {
        string study = Studies[random.Next(3)];
        JobFilter filter = random.Next(4) switch
        {
            0 => new TagFilter("study", study),
            1 => new KeyFilter([random.Next(5_000).ToString(CultureInfo.InvariantCulture)]),
            2 => new ChildOfFilter(_recent.TryPeek(out JobId parent) ? parent : new JobId(1)),
            _ => JobFilter.All,
        };
        IReadOnlyList<Job> found = await store.QueryAsync(new JobSelector { Filter = filter, Take = 100, OrderBy = JobField.Id, Descending = random.Next(2) == 0 }, CancellationToken.None);
        if (filter is TagFilter && found.FirstOrDefault(job => job.Tags["study"] != study) is { } stranger)
        {
            Assert.Fail($"{stranger} was found under study={study}.");
        }

        if (found.Count > 0)
        {
            JobId id = found[random.Next(found.Count)].Id;
            IReadOnlyList<JobEvent> history = await store.ReadHistoryAsync(id, CancellationToken.None);
            if (history.Any(step => step.JobId != id))
            {
                Assert.Fail($"The history of job {id} holds {history.First(step => step.JobId != id)}.");
            }
        }

        Count("queries");
    }

    private async Task StreamAsync(Random random)
    {
        if (await StreamOnAsync() == 0)
        {
            await store.WaitForEventsAsync(_seen, end).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task<int> StreamOnAsync()
    {
        IReadOnlyList<JobEvent> events = await store.ReadEventsAsync(_seen, 500, CancellationToken.None);
        foreach (JobEvent step in events)
        {
            Assert.That(step.Sequence, Is.GreaterThan(_seen));
            Assert.That(step.From, Is.EqualTo(_streamed.TryGetValue(step.JobId, out JobEvent? last) ? last.To : JobState.Created), "Each event of a job begins where the one before ended.");
            _streamed[step.JobId] = step;
            _seen = step.Sequence;
        }

        Count("events", events.Count);
        return events.Count;
    }

    private async Task CareAsync(Random random)
    {
        string path = Path.Combine(directory, FormattableString.Invariant($"backup-{random.Next()}.db"));
        await store.BackupAsync(path, CancellationToken.None);
        await using (var backup = new LiteDbJobStore(path))
        {
            await backup.OpenAsync(CancellationToken.None);
            StoreReport report = await backup.VerifyAsync(CancellationToken.None);
            Assert.That(report.Findings, Is.Empty, $"backup: {report}");
        }

        File.Delete(path);
        StoreReport live = await store.VerifyAsync(CancellationToken.None);
        Assert.That(live.Findings, Is.Empty, $"live: {live}");
        Count("backups and inspections");
    }

    private void Count(string what, long by = 1) => _done.AddOrUpdate(what, by, (_, count) => count + by);
}
