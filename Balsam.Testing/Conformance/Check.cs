namespace Balsam.Testing.Conformance;

/// <summary>The assertions of the cases: framework-neutral, and each says what was promised.</summary>
internal static class Check
{
    public static void That(bool holds, string promise)
    {
        if (!holds)
        {
            throw new ConformanceException($"Expected: {promise}");
        }
    }

    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"{what}: expected {Show(expected)}, was {Show(actual)}.");
        }
    }

    public static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what)
    {
        T[] wanted = [.. expected];
        T[] seen = [.. actual];
        if (!wanted.SequenceEqual(seen))
        {
            throw new ConformanceException($"{what}: expected [{ShowAll(wanted)}], was [{ShowAll(seen)}].");
        }
    }

    public static void SameSet<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what)
    {
        T[] wanted = [.. expected];
        T[] seen = [.. actual];
        T[] missing = [.. wanted.Except(seen)];
        T[] surplus = [.. seen.Except(wanted)];
        if (missing.Length + surplus.Length > 0 || wanted.Length != seen.Length)
        {
            throw new ConformanceException($"{what}: missing [{ShowAll(missing)}], surplus [{ShowAll(surplus)}], of {wanted.Length} expected and {seen.Length} seen.");
        }
    }

    public static async Task<TException> ThrowsAsync<TException>(Func<Task> act, string what)
        where TException : Exception
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (Exception other) when (other is not OutOfMemoryException)
        {
            throw new ConformanceException($"{what}: expected {typeof(TException).Name}, was {other.GetType().Name}: {other.Message}", other);
        }

        throw new ConformanceException($"{what}: expected {typeof(TException).Name}, nothing was thrown.");
    }

    private static string ShowAll<T>(IEnumerable<T> values)
    {
        string[] shown = [.. values.Take(21).Select(value => Show(value))];
        return string.Join(", ", shown.Take(20)) + (shown.Length > 20 ? ", …" : "");
    }

    private static string Show<T>(T value) => value switch
    {
        null => "nothing",
        string { Length: > 200 } text => $"'{text[..200]}…' ({text.Length} characters)",
        string text => $"'{text}'",
        JobState state => state.ToText(),
        DateTimeOffset instant => instant.ToString("O"),
        _ => value.ToString() ?? "",
    };
}
