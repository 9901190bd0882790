using System.Diagnostics.CodeAnalysis;

namespace Balsam;

/// <summary>A job's tags in the hands of a hook or function: what is set here is stored with the outcome, in one write.</summary>
public sealed class JobTagEditor
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _tags;

    /// <summary>Starts from a job's tags.</summary>
    /// <param name="tags">The tags.</param>
    public JobTagEditor(IReadOnlyDictionary<string, string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        _tags = new Dictionary<string, string>(tags, StringComparer.Ordinal);
    }

    /// <summary>The tags as they are now.</summary>
    public IReadOnlyDictionary<string, string> Current
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, string>(_tags, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Sets a tag.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The tag cannot be stored: see <see cref="SubmissionLimits.TagLength"/>.</exception>
    public void Set(string key, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(value);
        if (SubmissionLimits.WhyBadTag(key, value) is { } problem)
        {
            throw new ArgumentException(problem, nameof(value));
        }

        lock (_gate)
        {
            _tags[key] = value;
        }
    }

    /// <summary>Removes a tag, if it is there.</summary>
    /// <param name="key">Its key.</param>
    public void Remove(string key)
    {
        lock (_gate)
        {
            _tags.Remove(key);
        }
    }

    /// <summary>Reads a tag if it is there.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Whether it is there.</returns>
    public bool TryGet(string key, [MaybeNullWhen(false)] out string value)
    {
        lock (_gate)
        {
            return _tags.TryGetValue(key, out value);
        }
    }
}
