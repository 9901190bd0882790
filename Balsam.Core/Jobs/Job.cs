using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Balsam;

/// <summary>A job as it was at one instant: an immutable aggregate that yields its own next state, and only a legal one.</summary>
/// <remarks>
/// Every change goes through a <see cref="JobChange"/>, which asks the job; the job looks the move up in <see cref="JobTransitions"/>.
/// What the client gives out are such instants: reading one again gives the job as it is now.
/// </remarks>
public sealed class Job
{
    private readonly JobSnapshot _fields;

    // Only on jobs that a client gave out, so that they can be awaited; what a store keeps never knows a client.
    private readonly BalsamClient? _client;

    private Job(JobSnapshot fields, BalsamClient? client = null)
    {
        _fields = fields;
        _client = client;
    }

    /// <summary>The job's number.</summary>
    public JobId Id => _fields.Id;

    /// <summary>How often the job was changed.</summary>
    public long Version => _fields.Version;

    /// <summary>The state.</summary>
    public JobState State => _fields.State;

    /// <summary>The stored name of the application.</summary>
    public ApplicationName Application => _fields.Application;

    /// <summary>The site the job belongs to.</summary>
    public SiteName Site => _fields.Site;

    /// <summary>The directory it runs in, relative to the site's data directory, with <c>/</c> between the parts.</summary>
    public string Workdir => _fields.Workdir;

    /// <summary>The name that no other job of the store has, given by <see cref="NewJob.WithKey"/>; null for none. It never changes.</summary>
    public string? Key => _fields.Key;

    /// <summary>The application's parameters.</summary>
    public JobData Parameters => _fields.Parameters;

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => _fields.Tags;

    /// <summary>The user's data.</summary>
    public JobData Data => _fields.Data;

    /// <summary>What the job asks of nodes.</summary>
    public JobResources Resources => _fields.Resources;

    /// <summary>The priority; larger goes first.</summary>
    public int Priority => _fields.Priority;

    /// <summary>The parents.</summary>
    public ImmutableArray<JobDependency> Parents => _fields.Parents;

    /// <summary>How often the job was started: 0 before the first run, 1 during and after it.</summary>
    public int Attempt => _fields.Attempt;

    /// <summary>The exit code of the last run; null while there is none, when a signal ended it, and for functions.</summary>
    public int? ReturnCode => _fields.ReturnCode;

    /// <summary>Why the last run or the job failed; null when it did not.</summary>
    public FailureDetails? Failure => _fields.Failure;

    /// <summary>Whether <c>Preprocess</c> has let the job pass.</summary>
    public bool IsPreprocessed => _fields.IsPreprocessed;

    /// <summary>The files it brings in and gives out, and how far each is.</summary>
    public ImmutableArray<TransferItem> Transfers => _fields.Transfers;

    /// <summary>Whether files of its parents are linked into its workdir before its first hook: then it waits in READY for a launcher that does it.</summary>
    public bool HasInputsFromParents => _fields.HasInputsFromParents;

    /// <summary>Whether it has finished and files that nobody needs any more may still be in its workdir.</summary>
    public bool IsCleanupPending => _fields.IsCleanupPending;

    /// <summary>The job is not launched before this instant; null for at once.</summary>
    public DateTimeOffset? NotBefore => _fields.NotBefore;

    /// <summary>When the job was submitted, in UTC.</summary>
    public DateTimeOffset CreatedAt => _fields.CreatedAt;

    /// <summary>When the job was last changed, in UTC.</summary>
    public DateTimeOffset LastUpdate => _fields.LastUpdate;

    /// <summary>Brings a stored job back. For stores.</summary>
    /// <param name="fields">The stored fields.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ArgumentException">The id is a default value, or the state is not one of the fourteen.</exception>
    public static Job Restore(JobSnapshot fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Id == default || !JobStates.All.Contains(fields.State))
        {
            throw new ArgumentException($"A stored job needs an id and a state; this one has id {fields.Id} and state {(int)fields.State}.", nameof(fields));
        }

        return new Job(fields);
    }

    /// <summary>Makes the job that a submit asks for, in state CREATED. For stores.</summary>
    /// <param name="id">The number that the store gives it.</param>
    /// <param name="addition">What was submitted.</param>
    /// <param name="parents">The parents, with the numbers of those of the same call filled in.</param>
    /// <param name="at">When, by the store's clock.</param>
    /// <returns>The job.</returns>
    public static Job Create(JobId id, JobAddition addition, ImmutableArray<JobDependency> parents, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(addition);
        DateTimeOffset instant = at.ToStoredInstant();
        return new Job(new JobSnapshot
        {
            Id = id,
            Version = 0,
            State = JobState.Created,
            Application = addition.Application,
            Site = addition.Site,
            Workdir = addition.Workdir ?? $"{addition.Application}/{id}",
            Key = addition.Key,
            Parameters = addition.Parameters,
            Tags = addition.Tags,
            Data = addition.Data,
            Resources = addition.Resources,
            Priority = addition.Priority,
            Parents = parents,
            Transfers = TransferRules.Begin(addition.Transfers),
            HasInputsFromParents = addition.HasInputsFromParents,
            CreatedAt = instant,
            LastUpdate = instant,
        });
    }

    /// <summary>Every field as plain data. For stores.</summary>
    /// <returns>The fields.</returns>
    public JobSnapshot ToSnapshot() => _fields;

    /// <summary>Reads the parameters as a type.</summary>
    /// <typeparam name="T">The type, for example the application's parameter record.</typeparam>
    /// <returns>The parameters.</returns>
    /// <exception cref="System.Text.Json.JsonException">They are not a <typeparamref name="T"/>; the message names the job and says what they are.</exception>
    public T GetParameters<T>()
    {
        string what = $"The parameters of job {Id} ({Application}) are";
        return JsonReading.Read<T>(Parameters.Root, what) ?? throw JsonReading.Refusal(what, Parameters.Root, typeof(T));
    }

    /// <summary>Reads what the job's function returned.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The job is FAILED; the exception carries the <see cref="Failure"/>.</exception>
    /// <exception cref="JobResultMissingException">The job's run has not ended well yet, or its application returns nothing.</exception>
    /// <exception cref="System.Text.Json.JsonException">The result is not a <typeparamref name="T"/>; the message names the job and says what it is.</exception>
    public T GetResult<T>()
    {
        if (State == JobState.Failed)
        {
            throw new JobFailedException(this);
        }

        return StoredResult is { } json ? JsonReading.Read<T>(JobData.Restore(json).Root, $"The result of job {Id} ({Application}) is")! : throw new JobResultMissingException(this);
    }

    /// <summary>Reads what the job's function returned, if it has.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="result">The result; the default value when there is none.</param>
    /// <returns>Whether there is one: false while the job's run, as it was read, has not ended well, when its application returns nothing, and when what it returned is not a <typeparamref name="T"/>.</returns>
    public bool TryGetResult<T>([MaybeNullWhen(false)] out T result)
    {
        result = default;
        if (StoredResult is not { } json)
        {
            return false;
        }

        try
        {
            result = JobData.Parse(json).As<T>()!;
            return true;
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Waits until the job has ended, and reads what its function returned: the job as a future.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The result.</returns>
    /// <exception cref="JobFailedException">The job failed; the exception carries type, message and stack of what the function threw.</exception>
    /// <exception cref="JobResultMissingException">The job's application returns nothing.</exception>
    /// <exception cref="JobStuckException">The job cannot go on by itself; the exception says why.</exception>
    /// <exception cref="JobNotFoundException">The job was deleted.</exception>
    /// <exception cref="InvalidOperationException">The job was not given out by a client, but to a hook or by a store.</exception>
    public Task<T> ResultAsync<T>(CancellationToken cancellationToken = default) => _client is null
        ? throw new InvalidOperationException($"Job {Id} does not come from a client, so it cannot be awaited by itself. Call client.ResultAsync<{typeof(T).Name}>(job.Id).")
        : _client.ResultAsync<T>(Id, cancellationToken);

    /// <summary>A job stands for its number wherever one is asked for.</summary>
    /// <param name="job">The job.</param>
    public static implicit operator JobId(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Id;
    }

    /// <summary>Writes number, application, workdir and state.</summary>
    /// <returns>For example <c>job 17 (Relax in study/4): RUNNING</c>.</returns>
    public override string ToString() => $"job {Id} ({Application} in {Workdir}): {State.ToText()}";

    // A result counts from the end of the run on, so that Postprocess can look at it.
    private string? StoredResult => State is JobState.RunDone or JobState.Postprocessed or JobState.StagedOut or JobState.JobFinished ? _fields.Result : null;

    /// <summary>The client that gave the job out; null for jobs of hooks and stores.</summary>
    internal BalsamClient? Giver => _client;

    /// <summary>The same job, for a user of a client.</summary>
    internal Job GivenBy(BalsamClient client) => ReferenceEquals(client, _client) ? this : new Job(_fields, client);

    /// <summary>The same job as stores keep it.</summary>
    internal Job Plain() => _client is null ? this : new Job(_fields);

    /// <summary>The one door for moves.</summary>
    internal Job Apply(JobTrigger trigger, DateTimeOffset at, string? message, JobData? data, out JobEvent step)
    {
        if (!JobTransitions.TryGetNext(State, trigger, out JobState to))
        {
            throw new InvalidJobTransitionException(Id, State, trigger);
        }

        if (!Transfers.IsEmpty && TransferRules.FindObstacles(Transfers, trigger) is { IsEmpty: false } open)
        {
            throw new InvalidJobTransitionException(Id, State, trigger, open);
        }

        DateTimeOffset instant = at.ToStoredInstant();
        step = new JobEvent { JobId = Id, From = State, Trigger = trigger, To = to, At = instant, Message = message, Data = data ?? JobData.Empty };
        JobSnapshot moved = _fields with { State = to, Version = Version + 1, LastUpdate = instant };
        if (!Transfers.IsEmpty)
        {
            moved = moved with { Transfers = TransferRules.After(Transfers, trigger, to, IsPreprocessed) };
        }

        return new Job(trigger switch
        {
            JobTrigger.Started => moved with { Attempt = Attempt + 1, ReturnCode = null, Failure = null, Result = null, NotBefore = null },
            JobTrigger.Preprocessed => moved with { IsPreprocessed = true },
            JobTrigger.RunSucceeded => moved with { Failure = null },
            JobTrigger.Restarted or JobTrigger.ParentRestarted => moved with { Failure = null, IsCleanupPending = false },
            _ => moved,
        });
    }

    /// <summary>Replaces fields that carry no state, and counts the version up.</summary>
    internal Job Edit(Func<JobSnapshot, JobSnapshot> edit, DateTimeOffset at)
    {
        JobSnapshot edited = edit(_fields);
        if (edited.IsCleanupPending && State != JobState.JobFinished)
        {
            throw new InvalidOperationException($"Job {Id} is {State.ToText()}; it can be cleaned up once it is {JobState.JobFinished.ToText()}.");
        }

        return new Job(edited with
        {
            Id = Id, Key = Key, State = State, Transfers = Transfers, Version = Version + 1, NotBefore = edited.NotBefore?.ToStoredInstant(), LastUpdate = at.ToStoredInstant(),
        });
    }

    /// <summary>Says how far a transfer is, and counts the version up.</summary>
    internal Job EditTransfer(string slot, Func<TransferItem, TransferItem> edit, DateTimeOffset at)
    {
        if (Transfers.FirstOrDefault(item => item.Slot == slot) is not { } item)
        {
            throw new ArgumentException($"Job {Id} has no transfer '{slot}'. It has: {string.Join(", ", Transfers.Select(other => other.Slot))}.", nameof(slot));
        }

        if (TransferRules.LegOf(State) != item.Direction)
        {
            throw new InvalidOperationException(
                $"Job {Id} is {State.ToText()}; its transfer '{slot}' moves while the job is {(item.Direction == TransferDirection.In ? JobState.Ready : JobState.Postprocessed).ToText()}.");
        }

        TransferItem edited = edit(item);
        return new Job(_fields with
        {
            Transfers = Transfers.Replace(item, item with { State = edited.State, Attempts = edited.Attempts, Error = edited.Error, Files = edited.Files, Bytes = edited.Bytes }),
            Version = Version + 1,
            LastUpdate = at.ToStoredInstant(),
        });
    }

    /// <summary>Whether a launcher has something to bring in before the first hook.</summary>
    internal bool NeedsStageIn => HasOpenTransfers(TransferDirection.In) || (HasInputsFromParents && !Parents.IsEmpty);

    /// <summary>Whether a transfer of a direction has not arrived.</summary>
    internal bool HasOpenTransfers(TransferDirection direction) => !Transfers.IsEmpty && !TransferRules.FindOpen(Transfers, direction).IsEmpty;
}
