using Balsam.Storage;

namespace Balsam.Testing.Conformance.Model;

/// <content>Launchers: sessions, claims and what is written under a lease; and their loss.</content>
internal sealed partial class ModelCommands
{
    private async Task OpenSessionAsync(Action<string> log)
    {
        if (model.Sessions.Count >= 4)
        {
            return;
        }

        SiteName site = Sites[random.Next(3) == 0 ? 1 : 0];
        LauncherSession session = await context.OpenSessionAsync(Lease, site.Value);
        log($"open session {session.Token.Epoch} of {site}");
        model.Sessions.Add(new ModelSession(session, context.Now + Lease));
    }

    private ModelSession? PickSession(bool valid = true)
    {
        ModelSession[] sessions = [.. model.Sessions.Where(session => session.Expires >= context.Now == valid)];
        return sessions.Length == 0 ? null : Pick(sessions);
    }

    private async Task ClaimAsync(Action<string> log)
    {
        if (PickSession() is not { } session)
        {
            return;
        }

        var request = new ClaimRequest
        {
            Lease = session.Token,
            Limit = random.Next(6),
            LimitPerShape = random.Next(3) == 0 ? random.Next(1, 4) : int.MaxValue,
            Wanted = Applications.Where(_ => random.Next(4) > 0).ToDictionary(name => name, _ => random.Next(3) == 0 ? JobStates.Runnable : JobStates.All),
        };
        Dictionary<JobResources, int> taken = [];
        List<ModelJob> expected = [];
        foreach (ModelJob job in model.Claimable(session, context.Now))
        {
            bool wanted = request.Wanted.TryGetValue(job.Application, out JobStateSet states) && states.Contains(job.State);
            if (wanted && expected.Count < request.Limit && taken.GetValueOrDefault(job.Resources) < request.LimitPerShape)
            {
                taken[job.Resources] = taken.GetValueOrDefault(job.Resources) + 1;
                expected.Add(job);
            }
        }

        log($"session {session.Token.Epoch} claims {request.Limit}: {string.Join(", ", expected.Select(job => job.Id))}");
        ClaimResult claim = await context.ClaimAsync(request);
        Check.Sequence(expected.Select(job => job.Id), claim.Jobs.Select(job => job.Id), "The claim");
        expected.ForEach(job => job.Holder = session);
    }

    private async Task LauncherWriteAsync(Action<string> log)
    {
        ModelJob[] held = [.. model.Jobs.Where(job => job.Holder is not null && job.State is not (JobState.AwaitingParents or JobState.JobFinished or JobState.Failed))];
        if (held.Length == 0)
        {
            return;
        }

        ModelJob job = Pick(held);
        ModelSession holder = job.Holder!;
        bool keep = random.Next(2) == 0;
        JobTrigger[] triggers = TriggersFor(job.State);
        log($"session {holder.Token.Epoch}{(keep ? ", keeping" : "")}: job {job.Id} {string.Join(", ", triggers)}");
        var commit = new JobCommit { Lease = holder.Token, KeepLease = keep, Changes = [Change(await context.GetAsync(job.Id), triggers)] };
        if (holder.Expires < context.Now)
        {
            Check.That((await context.TryCommitAsync(commit)).Refusal is LeaseLostException, "a write under an expired lease is refused");
            return;
        }

        await context.CommitAsync(commit);
        model.Move(job.Id, triggers);
        job.Holder = keep ? holder : null;
        model.Settle();
    }

    private async Task ReleaseAsync(Action<string> log)
    {
        if (PickSession() is not { } session || model.Jobs.Count == 0)
        {
            return;
        }

        ModelJob[] released = [Pick(model.Jobs), .. model.Jobs.Where(job => job.Holder == session).Take(1)];
        log($"session {session.Token.Epoch} releases {string.Join(", ", released.Select(job => job.Id))}");
        await context.Store.ReleaseAsync(session.Token, [.. released.Select(job => job.Id)], CancellationToken.None);
        foreach (ModelJob job in released.Where(job => job.Holder == session))
        {
            job.Holder = null;
        }
    }

    private async Task CloseSessionAsync(Action<string> log)
    {
        if (PickSession() is not { } session)
        {
            return;
        }

        log($"close session {session.Token.Epoch}");
        await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
        model.Close(session);
    }

    private async Task RenewAsync(Action<string> log)
    {
        if (PickSession(random.Next(3) > 0) is not { } session)
        {
            return;
        }

        log($"renew session {session.Token.Epoch}");
        if (session.Expires < context.Now)
        {
            await Check.ThrowsAsync<LeaseLostException>(() => context.Store.RenewAsync(session.Token, CancellationToken.None), "Renewing an expired lease");
            return;
        }

        await context.Store.RenewAsync(session.Token, CancellationToken.None);
        session.Expires = context.Now + Lease;
    }

    private async Task AdvanceAndRecoverAsync(Action<string> log)
    {
        TimeSpan by = TimeSpan.FromSeconds(random.Next(1, 400)) + TimeSpan.FromMilliseconds(0.5);
        SiteName site = Pick(Sites);
        log($"after {by}, recover {site}");
        context.Fixture.Advance(by);
        IReadOnlyList<JobId> recovered = await context.Store.RecoverAsync(site, CancellationToken.None);
        Check.SameSet(model.Recover(site, context.Now), recovered, "The recovered jobs");
    }

    // Sessions are closed first: whether they outlive the store object is not part of the contract.
    private async Task ReopenAsync(Action<string> log)
    {
        log("reopen");
        foreach (ModelSession session in model.Sessions.ToArray())
        {
            if (session.Expires >= context.Now)
            {
                await context.Store.CloseSessionAsync(session.Token, CancellationToken.None);
                model.Close(session);
            }
        }

        foreach (SiteName site in Sites)
        {
            Check.SameSet(model.Recover(site, context.Now), await context.Store.RecoverAsync(site, CancellationToken.None), "The recovered jobs before reopening");
        }

        await context.Fixture.ReopenAsync();
    }
}
