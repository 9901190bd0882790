using System.Diagnostics.CodeAnalysis;

namespace Balsam;

/// <summary>A job's data in the hands of a hook or function: what is set here is stored with the outcome, in one write.</summary>
public sealed class JobDataEditor
{
    private readonly Lock _gate = new();
    private JobData _data;

    /// <summary>Starts from a job's data.</summary>
    /// <param name="data">The data.</param>
    public JobDataEditor(JobData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
    }

    /// <summary>The data as it is now.</summary>
    public JobData Current
    {
        get
        {
            lock (_gate)
            {
                return _data;
            }
        }
    }

    /// <summary>Adds or replaces a member.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public void Set<T>(string name, T value)
    {
        lock (_gate)
        {
            _data = _data.With(name, value);
        }
    }

    /// <summary>Removes a member, if it is there.</summary>
    /// <param name="name">Its name.</param>
    public void Remove(string name)
    {
        lock (_gate)
        {
            _data = _data.Without(name);
        }
    }

    /// <summary>Reads a member.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">There is no such member.</exception>
    public T? Get<T>(string name) => Current.Get<T>(name);

    /// <summary>Reads a member if it is there.</summary>
    /// <typeparam name="T">The type to read it as.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryGet<T>(string name, [MaybeNullWhen(false)] out T value) => Current.TryGet(name, out value);
}
