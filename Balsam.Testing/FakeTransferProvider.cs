using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Balsam.Launch.Staging;

namespace Balsam.Testing;

/// <summary>A transfer provider that moves nothing: a test sees each batch begin, and decides when and how its items end.</summary>
/// <remarks>Unless told otherwise it ends like a well-behaved one: as soon as it is cancelled.</remarks>
/// <example><code>
/// builder.Services.AddSingleton&lt;ITransferProvider&gt;(provider);
/// FakeTransferBatch batch = await provider.NextAsync(cancellationToken);
/// batch.Arrive("geometry");
/// </code></example>
/// <param name="schemes">The schemes it serves, for example <c>sftp</c>.</param>
public sealed class FakeTransferProvider(params string[] schemes) : ITransferProvider
{
    private readonly Lock _gate = new();
    private readonly Channel<FakeTransferBatch> _begun = Channel.CreateUnbounded<FakeTransferBatch>();
    private readonly List<FakeTransferBatch> _moving = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = schemes;

    /// <summary>Is called for each batch as it begins; it may end items, or throw, at once.</summary>
    /// <value>Default: null: items move until the test ends them.</value>
    public Action<FakeTransferBatch>? OnBegin { get; set; }

    /// <summary>Whether batches end when they are cancelled; a provider that hangs does not.</summary>
    /// <value>Default: true.</value>
    public bool HeedsCancellation { get; set; } = true;

    /// <summary>The batches that have begun and not ended, in the order in which they began.</summary>
    public IReadOnlyList<FakeTransferBatch> Moving
    {
        get
        {
            lock (_gate)
            {
                return [.. _moving];
            }
        }
    }

    /// <summary>Whether a batch has begun that was not asked for yet.</summary>
    public bool HasNext => _begun.Reader.TryPeek(out _);

    /// <summary>The next batch that begins, or has begun and was not asked for yet.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The batch.</returns>
    public Task<FakeTransferBatch> NextAsync(CancellationToken cancellationToken = default) => _begun.Reader.ReadAsync(cancellationToken).AsTask();

    /// <inheritdoc/>
    public async IAsyncEnumerable<TransferResult> MoveAsync(TransferBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var fake = new FakeTransferBatch(batch);
        lock (_gate)
        {
            _moving.Add(fake);
        }

        CancellationTokenRegistration onCancel = cancellationToken.Register(fake.NoteCancellation);
        try
        {
            OnBegin?.Invoke(fake);
            _begun.Writer.TryWrite(fake);
            await foreach (TransferResult result in fake.ReadAsync(HeedsCancellation ? cancellationToken : CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }
        }
        finally
        {
            // The reader may have heard of a cancellation before this registration: then it would never be noted.
            await onCancel.DisposeAsync().ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                fake.NoteCancellation();
            }

            lock (_gate)
            {
                _moving.Remove(fake);
            }
        }
    }
}
