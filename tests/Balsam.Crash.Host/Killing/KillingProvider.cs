using System.Runtime.CompilerServices;
using Balsam.Launch.Staging;

namespace Balsam.Crash;

/// <summary>A transfer provider whose batches, and the items that arrive by them, are instants at which the host can be killed.</summary>
internal sealed class KillingProvider(ITransferProvider inner, KillSwitch kill) : ITransferProvider
{
    public IReadOnlyCollection<string> Schemes => inner.Schemes;

    public async IAsyncEnumerable<TransferResult> MoveAsync(TransferBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        kill.Reach(CrashInstants.Batch);
        await foreach (TransferResult result in inner.MoveAsync(batch, cancellationToken))
        {
            kill.Reach(CrashInstants.Arrival);
            yield return result;
        }
    }
}
