using Balsam.Storage;
using Balsam.Testing.Conformance.Cases;

namespace Balsam.Testing.Conformance.Model;

/// <summary>The commands of a run: each is given to the store and to the model, and what the store answers is compared.</summary>
internal sealed partial class ModelCommands(StoreConformanceContext context, StoreModel model, Random random)
{
    private static readonly ApplicationName[] Applications = ["App", "Other"];
    private static readonly SiteName[] Sites = ["local", "theta"];
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    // Left to the store itself: it alone decides that the parents of a waiting job have finished or failed.
    private static readonly JobTrigger[] GraphOnly = [JobTrigger.ParentsPending, JobTrigger.ParentsFinished, JobTrigger.ParentFailed];

    // What a command waits for before it looks at its answer: in a burst, the commands before it.
    private Task _turn = Task.CompletedTask;

    public async Task RunOneAsync(Action<string> log)
    {
        (int Weight, Func<Action<string>, Task> Command)[] commands =
        [
            (10, MoveAsync), (4, MoveSeveralAsync), (2, MoveStaleAsync), (2, EditAsync), (2, OpenSessionAsync), (6, ClaimAsync), (8, LauncherWriteAsync),
            (2, ReleaseAsync), (1, CloseSessionAsync), (1, RenewAsync), (2, AdvanceAndRecoverAsync), (1, BulkThrowAsync), (context.Fixture.IsDurable ? 1 : 0, ReopenAsync), (6, BurstAsync), .. Unread,
        ];
        await Choose(commands)(log);
    }

    // Those that ask nothing of the store before they write, so that several can share a write.
    private (int Weight, Func<Action<string>, Task> Command)[] Unread =>
    [
        (5, AddAsync), (4, LinkAsync), (2, log => DeleteAsync(log, false)), (1, log => DeleteAsync(log, true)), (2, BulkEditAsync), (2, BulkCancelAsync), (2, BulkFinishAsync), (3, BulkSendBackAsync),
    ];

    private Func<Action<string>, Task> Choose((int Weight, Func<Action<string>, Task> Command)[] commands)
    {
        int choice = random.Next(commands.Sum(command => command.Weight));
        return commands.First(command => (choice -= command.Weight) < 0).Command;
    }

    // While a rule holds up the store's writes, several commands are given: a store may write them together, in this order.
    private async Task BurstAsync(Action<string> log)
    {
        if (model.Jobs.Count == 0)
        {
            return;
        }

        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();

        // A store may run the rule on its caller's thread.
        Task held = Task.Run(() => context.ChangeAsync([model.Jobs.First().Id], (_, _) =>
        {
            began.TrySetResult();
            goOn.Wait();
            return JobDecision.Refuse(WhyUnchanged.AlreadySo, "only looking");
        }));
        await began.Task;
        List<Task> commands = [held];
        log("together: ");
        for (int n = random.Next(2, 6); n > 0; n--)
        {
            _turn = Task.WhenAll(commands.ToArray());
            commands.Add(Choose(Unread)(log));
            log(" | ");
        }

        _turn = Task.CompletedTask;
        goOn.Set();
        await Task.WhenAll(commands);
    }

    private Task<T> InTurn<T>(Task<T> answer) => After(_turn, answer);

    private static async Task<T> After<T>(Task turn, Task<T> answer)
    {
        await turn;
        return await answer;
    }

    private T Pick<T>(IReadOnlyCollection<T> items) => items.ElementAt(random.Next(items.Count));

    private JobId[] SomeIds(int most) => [.. Enumerable.Range(0, random.Next(1, most)).Select(_ => SomeId()).Distinct()];

    // Now and then one that the next addition may get.
    private JobId SomeId() => model.Jobs.Count == 0 || random.Next(15) == 0 ? new JobId(model.LastId + random.Next(1, 4)) : Pick(model.Jobs).Id;
}
