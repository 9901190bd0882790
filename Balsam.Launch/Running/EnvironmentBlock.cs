namespace Balsam.Launch.Running;

/// <summary>The environment that children inherit, encoded once; each start adds what is its own.</summary>
internal sealed unsafe class EnvironmentBlock : IDisposable
{
    private readonly NativeStrings _strings = new();
    private readonly Dictionary<string, string> _values;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _added = new(StringComparer.Ordinal);
    private readonly nint[] _inherited;

    /// <param name="inherited">The variables of the launcher.</param>
    public EnvironmentBlock(IEnumerable<KeyValuePair<string, string>> inherited)
    {
        _values = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        _inherited = new nint[_values.Count];
        foreach ((string name, string value) in _values)
        {
            int place = _places.Count;
            _inherited[place] = (nint)_strings.AddPair(name, value);
            _places.Add(name, place);
        }
    }

    /// <summary>The variables of this process.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfThisProcess()
    {
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            yield return new KeyValuePair<string, string>((string)entry.Key, (string?)entry.Value ?? string.Empty);
        }
    }

    /// <summary>What a child would find under a name.</summary>
    public string? Find(string name, IReadOnlyList<KeyValuePair<string, string>> overrides)
    {
        for (int i = overrides.Count - 1; i >= 0; i--)
        {
            if (overrides[i].Key == name)
            {
                return overrides[i].Value;
            }
        }

        return _values.GetValueOrDefault(name);
    }

    /// <summary>Builds the table for one child.</summary>
    /// <param name="strings">Where the table and what is new in it live.</param>
    /// <param name="first">Variables that the runner sets; the overrides may replace them.</param>
    /// <param name="overrides">The variables of the request.</param>
    /// <returns>The table, ended by a null.</returns>
    public byte** Build(NativeStrings strings, ReadOnlySpan<KeyValuePair<string, string>> first, IReadOnlyList<KeyValuePair<string, string>> overrides)
    {
        byte** table = strings.AddTable(_inherited.Length + first.Length + overrides.Count + 1);
        _inherited.CopyTo(new Span<nint>(table, _inherited.Length));
        int count = _inherited.Length;
        _added.Clear();
        foreach (KeyValuePair<string, string> variable in first)
        {
            Put(strings, table, ref count, variable);
        }

        for (int i = 0; i < overrides.Count; i++)
        {
            Put(strings, table, ref count, overrides[i]);
        }

        table[count] = null;
        return table;
    }

    /// <inheritdoc/>
    public void Dispose() => _strings.Dispose();

    private void Put(NativeStrings strings, byte** table, ref int count, KeyValuePair<string, string> variable)
    {
        if (!_places.TryGetValue(variable.Key, out int place) && !_added.TryGetValue(variable.Key, out place))
        {
            place = count++;
            _added.Add(variable.Key, place);
        }

        table[place] = strings.AddPair(variable.Key, variable.Value);
    }
}
