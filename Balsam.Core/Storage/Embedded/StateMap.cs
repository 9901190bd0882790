namespace Balsam.Storage.Embedded;

/// <summary>The state of every job in one byte each, by id: counts and lists by state need no index that changes with the state.</summary>
public sealed class StateMap
{
    /// <summary>The number of ids on a page.</summary>
    public const int PageSize = 16_384;

    private readonly List<byte[]?> _pages = [];
    private readonly long[] _counts = new long[(int)JobState.Failed + 1];

    /// <summary>The state of a job.</summary>
    /// <param name="id">The job's number.</param>
    /// <returns>Its state; null when there is no such job.</returns>
    public JobState? this[long id]
    {
        get
        {
            (int page, int slot) = Place(id);
            byte state = page < _pages.Count && _pages[page] is { } bytes ? bytes[slot] : (byte)0;
            return state == 0 ? null : (JobState)state;
        }
    }

    /// <summary>The number of pages, used or not.</summary>
    public int PageCount => _pages.Count;

    /// <summary>The number of jobs in a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number.</returns>
    public long Count(JobState state) => _counts[(int)state];

    /// <summary>Sets or clears the state of a job.</summary>
    /// <param name="id">The job's number.</param>
    /// <param name="state">Its state; null when the job is gone.</param>
    public void Set(long id, JobState? state)
    {
        (int page, int slot) = Place(id);
        while (_pages.Count <= page)
        {
            _pages.Add(null);
        }

        byte[] bytes = _pages[page] ??= new byte[PageSize];
        if (bytes[slot] != 0)
        {
            _counts[bytes[slot]]--;
        }

        bytes[slot] = (byte)(state ?? 0);
        if (state is { } present)
        {
            _counts[(int)present]++;
        }
    }

    /// <summary>One page as it is, for writing it down.</summary>
    /// <param name="page">The page, from 0.</param>
    /// <returns>The states in order of id, 0 for none; empty for a page that was never used.</returns>
    public ReadOnlyMemory<byte> GetPage(int page) => _pages[page] ?? ReadOnlyMemory<byte>.Empty;

    /// <summary>Puts a page back that was written down.</summary>
    /// <param name="page">The page, from 0.</param>
    /// <param name="states">The states in order of id.</param>
    /// <exception cref="ArgumentException">The page does not hold states.</exception>
    public void LoadPage(int page, ReadOnlySpan<byte> states)
    {
        if (states.Length != PageSize || states.IndexOfAnyExceptInRange((byte)0, (byte)JobState.Failed) >= 0)
        {
            throw new ArgumentException("The page does not hold job states.", nameof(states));
        }

        for (int slot = 0; slot < states.Length; slot++)
        {
            if (states[slot] != 0)
            {
                Set(((long)page * PageSize) + slot, (JobState)states[slot]);
            }
        }
    }

    /// <summary>The next job after an id that is in one of some states.</summary>
    /// <param name="after">The id to start behind.</param>
    /// <param name="states">The states.</param>
    /// <returns>The id, or 0 when there is none.</returns>
    public long Next(long after, JobStateSet states)
    {
        (int page, int slot) = Place(after == long.MaxValue ? after : after + 1);
        for (; page < _pages.Count; page++, slot = 0)
        {
            if (_pages[page] is not { } bytes)
            {
                continue;
            }

            for (; slot < PageSize; slot++)
            {
                if (bytes[slot] != 0 && states.Contains((JobState)bytes[slot]))
                {
                    return ((long)page * PageSize) + slot;
                }
            }
        }

        return 0;
    }

    /// <summary>The next job before an id that is in one of some states.</summary>
    /// <param name="before">The id to start before.</param>
    /// <param name="states">The states.</param>
    /// <returns>The id, or 0 when there is none.</returns>
    public long Previous(long before, JobStateSet states)
    {
        (int page, int slot) = Place(Math.Min(before - 1, ((long)_pages.Count * PageSize) - 1));
        for (; page >= 0; page--, slot = PageSize - 1)
        {
            if (page >= _pages.Count || _pages[page] is not { } bytes)
            {
                continue;
            }

            for (; slot >= 0; slot--)
            {
                if (bytes[slot] != 0 && states.Contains((JobState)bytes[slot]))
                {
                    return ((long)page * PageSize) + slot;
                }
            }
        }

        return 0;
    }

    // An id that nobody gave yet may be any number that a user types: its page is then beyond all pages.
    private static (int Page, int Slot) Place(long id) => id < 0 ? (-1, PageSize - 1) : ((int)Math.Min(id / PageSize, int.MaxValue), (int)(id % PageSize));
}
