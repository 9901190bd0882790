using Balsam.Testing.Conformance.Cases;
using Balsam.Testing.Conformance.Model;

namespace Balsam.Testing.Conformance.Linear;

/// <summary>Rounds in which several callers command a store at once; after each, some order of the commands must explain every answer. Between rounds time passes, and a durable store is opened anew.</summary>
/// <remarks>The seed gives the same commands again, as far as they do not follow from answers; who comes first is up to the machine.</remarks>
internal sealed class LinearRun(StoreConformanceContext context, int seed)
{
    private const int Callers = 3;
    private const int CommandsOfACaller = 4;

    private const int MostJobs = 6;

    private readonly Random _random = new(seed);
    private readonly LinearKnowledge _known = new();
    private IReadOnlyList<StoreModel> _models = [new()];
    private IReadOnlyList<Operation> _before = [];

    public async Task RunAsync(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            await RunRoundAsync(round);
            await ExplainAsync(round, "alone, afterwards", history => Caller(history, Callers).ReadAllAsync());
            if (round % 4 == 3)
            {
                await Histories.ExpectReplayAsync(context);
            }

            if (_random.Next(3) == 0)
            {
                context.Fixture.Advance(TimeSpan.FromSeconds(_random.Next(1, 500)) + TimeSpan.FromMilliseconds(0.5));
            }

            if (context.Fixture.IsDurable && _random.Next(4) == 0)
            {
                await ExplainAsync(round, "before it was closed", history => Caller(history, Callers).CloseAllAsync());
                await context.Fixture.ReopenAsync();
                await ExplainAsync(round, "opened again", history => Caller(history, Callers).ReadAllAsync());
            }

            await ShrinkAsync(round);
        }
    }

    private LinearCaller Caller(LinearHistory history, int number) => new(context, history, _known, number, new Random(_random.Next()));

    private Task RunRoundAsync(int round) => ExplainAsync(round, "at once", async history =>
    {
        using var start = new Barrier(Callers);
        LinearCaller[] callers = [.. Enumerable.Range(0, Callers).Select(number => Caller(history, number))];
        await Task.WhenAll(callers.Select(caller => Task.Factory.StartNew(
            async () =>
            {
                start.SignalAndWait();
                for (int command = 0; command < CommandsOfACaller; command++)
                {
                    await caller.RunOneAsync();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
    });

    private async Task ExplainAsync(int round, string what, Func<LinearHistory, Task> act)
    {
        var history = new LinearHistory();
        await act(history);
        IReadOnlyList<Operation> operations = history.Operations;
        Check.That(operations.Count <= Linearizer.Most, $"a round of at most {Linearizer.Most} operations; it has {operations.Count}");
        var linearizer = new Linearizer(operations);
        IReadOnlyList<StoreModel> ends = linearizer.Explain(_models);
        if (ends.Count == 0)
        {
            throw new ConformanceException(
                $"Seed {seed}, round {round}, {what}: no order of these calls explains their answers.\n  Before that:{Lines(_before)}\n  After it, one of:{Lines(_models.Select(model => model.Describe()))}\n  The calls:{Lines(operations)}\n"
                + $"  A model can follow as far as{Lines(linearizer.Longest)}\n  and then none of{Lines(operations.Except(linearizer.Longest))}");
        }

        (_models, _before) = (ends, operations);
    }

    private static string Lines(IEnumerable<object> lines) => string.Concat(lines.Select(line => $"\n    {line}"));

    // The oldest jobs go, so that a history stays short enough to be searched.
    private async Task ShrinkAsync(int round)
    {
        JobId[] old = [.. _models[0].Jobs.Select(job => job.Id).SkipLast(MostJobs)];
        if (old.Length > 0)
        {
            await ExplainAsync(round, "alone, to be rid of old jobs", history => Caller(history, Callers).DeleteAsync(old));
        }

        _known.KeepOnly(_models[0].Jobs.Select(job => job.Id));
    }
}
