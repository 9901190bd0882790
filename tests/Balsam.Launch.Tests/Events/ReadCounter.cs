using System.Reflection;
using Balsam.Storage;

namespace Balsam.Launch.Tests.Events;

/// <summary>Stands before a store and counts the events that are read from it. Not sealed: the proxy derives from it.</summary>
public class ReadCounter : DispatchProxy
{
    private IJobStore _store = null!;

    /// <summary>How many events were read.</summary>
    public int EventsRead { get; set; }

    public static IJobStore Before(IJobStore store)
    {
        IJobStore proxy = Create<IJobStore, ReadCounter>();
        ((ReadCounter)(object)proxy)._store = store;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        object? result = targetMethod!.Invoke(_store, BindingFlags.DoNotWrapExceptions, null, args, null);
        return result is Task<IReadOnlyList<JobEvent>> read ? CountAsync(read) : result;
    }

    private async Task<IReadOnlyList<JobEvent>> CountAsync(Task<IReadOnlyList<JobEvent>> read)
    {
        IReadOnlyList<JobEvent> events = await read;
        EventsRead += events.Count;
        return events;
    }
}
