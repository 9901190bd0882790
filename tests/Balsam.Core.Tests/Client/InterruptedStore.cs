using System.Reflection;
using Balsam.Storage;

namespace Balsam.Core.Tests.Client;

/// <summary>A store before whose next bulk change something else happens.</summary>
public class InterruptedStore : DispatchProxy
{
    private IJobStore _inner = null!;

    public Func<Task>? Interruption { get; set; }

    internal static IJobStore Around(IJobStore inner)
    {
        IJobStore store = Create<IJobStore, InterruptedStore>();
        ((InterruptedStore)(object)store)._inner = inner;
        return store;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Func<object?> call = () => targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        if (Interruption is { } interruption && targetMethod!.Name is (nameof(IJobStore.ChangeAsync) or nameof(IJobStore.DeleteAsync)))
        {
            Interruption = null;
            return ChangeAsync(interruption, call);
        }

        return call();
    }

    private static async Task<ChangeReport> ChangeAsync(Func<Task> interruption, Func<object?> call)
    {
        await interruption();
        return await (Task<ChangeReport>)call()!;
    }
}
