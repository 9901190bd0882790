using CsCheck;

namespace Balsam.Core.Tests.Jobs;

/// <summary>Random commands to a job and to the plainest model of one: the hand-written grid of moves, and a variable for each field.</summary>
public sealed class JobModelTests
{
    private static readonly FailureDetails Failure = new() { Kind = FailureKind.HookDecision, Message = "random" };

    private static readonly Gen<JobTrigger> AnyTrigger = Gen.Int[0, 20].Select(static number => (JobTrigger)number);

    // Half of the triggers are legal ones of the state, by their place among these, so that runs get somewhere.
    private static readonly Gen<Command> Commands =
        from kind in Gen.Frequency((6, Gen.Const(Kind.Move)), (2, Gen.Const(Kind.Fail)), (2, Gen.Const(Kind.Edit)), (1, Gen.Const(Kind.Commit)))
        from legal in Gen.Int[0, 9]
        from trigger in AnyTrigger
        from number in Gen.Int[-5, 5]
        from ticks in Gen.Long[0, TimeSpan.TicksPerDay]
        select new Command(kind, legal < 8 ? legal : null, trigger, number, SomeJob.Noon.AddTicks(ticks).ToOffset(TimeSpan.FromHours(number)));

    [Test]
    public void Job_UnderRandomCommands_DoesWhatTheModelDoes() => Gen.Select(Gen.Int[1, 14], Commands.Array[1, 60]).Sample(
        static (start, commands) =>
        {
            var model = new Model((JobState)start);
            var change = new JobChange(SomeJob.In((JobState)start));
            foreach (Command command in commands)
            {
                change = Do(command, change, model);
                model.Check(change.After);
                Assert.That(change.Before.Version, Is.EqualTo(model.ReadVersion), "the job that was read stays as it was");
                Assert.That(change.Events, Is.EqualTo(model.Events));
            }
        },
        iter: 3000);

    private static JobChange Do(Command command, JobChange change, Model model)
    {
        JobTrigger[] allowed = [.. TransitionGridTests.Legal.Keys.Where(move => move.From == model.State).Select(static move => move.Trigger)];
        JobTrigger trigger = command.Legal is { } place && allowed.Length > 0 ? allowed[place % allowed.Length] : command.Trigger;
        switch (command.Kind)
        {
            case Kind.Commit:
                model.Commit();
                return new JobChange(Job.Restore(change.After.ToSnapshot()));
            case Kind.Edit:
                model.Edit(command.Number, command.At);
                return change.Edit(fields => fields with
                {
                    Id = new JobId(99), Version = 99, State = JobState.Running, Key = "other", LastUpdate = DateTimeOffset.UnixEpoch, Priority = command.Number, Result = "1", ReturnCode = command.Number,
                    NotBefore = command.Number < 0 ? null : command.At,
                }, command.At);
            case Kind.Move when allowed.Contains(trigger):
                model.Move(trigger, command.At, null);
                return change.Apply(trigger, command.At);
            case Kind.Fail when allowed.Contains(trigger):
                model.Move(trigger, command.At, Failure);
                return change.Fail(trigger, command.At, Failure);
            default:
                InvalidJobTransitionException refused = Assert.Throws<InvalidJobTransitionException>(
                    () => _ = command.Kind == Kind.Move ? change.Apply(trigger, command.At) : change.Fail(trigger, command.At, Failure))!;
                Assert.That((refused.From, refused.Trigger), Is.EqualTo((model.State, trigger)));
                Assert.That(refused.Allowed, Is.EquivalentTo(allowed));
                return change;
        }
    }

    private enum Kind
    {
        Move,
        Fail,
        Edit,
        Commit,
    }

    private sealed record Command(Kind Kind, int? Legal, JobTrigger Trigger, int Number, DateTimeOffset At);

    private sealed class Model(JobState start)
    {
        private readonly JobSnapshot _start = SomeJob.Fields(start);
        private int _attempt;
        private bool _isPreprocessed;
        private int _priority;
        private int? _returnCode;
        private string? _result;
        private FailureDetails? _failure;
        private DateTimeOffset? _notBefore;
        private DateTimeOffset _lastUpdate = SomeJob.Fields(start).LastUpdate;
        private long _version = SomeJob.Fields(start).Version;

        public JobState State { get; private set; } = start;

        public long ReadVersion { get; private set; } = SomeJob.Fields(start).Version;

        public List<JobEvent> Events { get; } = [];

        public void Commit()
        {
            ReadVersion = _version;
            Events.Clear();
        }

        public void Edit(int number, DateTimeOffset at)
        {
            (_priority, _result, _returnCode) = (number, "1", number);
            _notBefore = number < 0 ? null : Cut(at);
            Touch(at);
        }

        public void Move(JobTrigger trigger, DateTimeOffset at, FailureDetails? failure)
        {
            JobState to = TransitionGridTests.Legal[(State, trigger)];
            Events.Add(new JobEvent { JobId = _start.Id, From = State, Trigger = trigger, To = to, At = Cut(at), Message = failure?.Message });
            State = to;
            Touch(at);
            if (trigger == JobTrigger.Started)
            {
                _attempt++;
                (_returnCode, _result, _notBefore, _failure) = (null, null, null, null);
            }

            _isPreprocessed |= trigger == JobTrigger.Preprocessed;
            _failure = trigger is JobTrigger.RunSucceeded or JobTrigger.Restarted or JobTrigger.ParentRestarted ? null : _failure;
            if (failure is not null)
            {
                (_failure, _result) = (failure, null);
                Touch(at);
            }
        }

        public void Check(Job job)
        {
            JobSnapshot fields = job.ToSnapshot();
            Assert.That(
                (fields.Id, fields.State, fields.Version, fields.Attempt, fields.IsPreprocessed, fields.Priority),
                Is.EqualTo((_start.Id, State, _version, _attempt, _isPreprocessed, _priority)));
            Assert.That(
                (fields.Key, fields.ReturnCode, fields.Result, fields.Failure, fields.NotBefore, fields.LastUpdate, fields.CreatedAt),
                Is.EqualTo((_start.Key, _returnCode, _result, _failure, _notBefore, _lastUpdate, _start.CreatedAt)));
            Assert.That(job.TryGetResult(out int _), Is.EqualTo(_result is not null && State is JobState.RunDone or JobState.Postprocessed or JobState.StagedOut or JobState.JobFinished));
        }

        private void Touch(DateTimeOffset at)
        {
            _version++;
            _lastUpdate = Cut(at);
        }

        private static DateTimeOffset Cut(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
    }
}
