using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Balsam;

/// <summary>Gets the secrets that applications name, and keeps their values out of what is stored and logged.</summary>
/// <remarks>Every value it has ever seen is masked, also one that has been replaced since.</remarks>
internal sealed class SecretKeeper(ApplicationRegistry applications, ISecretSource? source)
{
    /// <summary>A shorter value could not be told from other text.</summary>
    public const int ShortestValue = 8;

    private const int ShortestRemnant = 4;
    private const char Omission = '…';

    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private volatile KeyValuePair<string, string>[] _needles = [];

    /// <summary>The secret variables of an application, with their values of now.</summary>
    /// <exception cref="BalsamException">One has no value that can be used; the message says which, and what to do.</exception>
    public IEnumerable<KeyValuePair<string, string>> For(ApplicationDescriptor application) =>
        application.SecretVariables.Count == 0 ? [] : application.SecretVariables.Select(secret => KeyValuePair.Create(secret.Key, Get(application, secret.Key, secret.Value)));

    /// <summary>Asks for every secret of every application.</summary>
    /// <returns>What is wrong.</returns>
    public IReadOnlyList<string> Refresh()
    {
        List<string> problems = [];
        foreach (ApplicationDescriptor application in applications.All)
        {
            problems.AddRange(application.SecretVariables.Select(secret => WhyUnusable(application, secret.Key, secret.Value, out _)).OfType<string>());
        }

        return problems;
    }

    /// <summary>Replaces the values of secrets in a text by their names.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public string? Mask(string? text)
    {
        KeyValuePair<string, string>[] needles = _needles;
        if (text is null || needles.Length == 0)
        {
            return text;
        }

        foreach ((string needle, string name) in needles)
        {
            text = text.Replace(needle, Mark(name), StringComparison.Ordinal);
        }

        foreach ((string needle, string name) in needles)
        {
            text = MaskCut(text, needle, name);
        }

        return text;
    }

    /// <summary>Masks everything that a failure says.</summary>
    public FailureDetails Mask(FailureDetails failure) => _needles.Length == 0 ? failure : failure with
    {
        Message = Mask(failure.Message),
        Stack = Mask(failure.Stack),
        LastLines = [.. failure.LastLines.Select(line => Mask(line))],
        Inner = failure.Inner is { } inner ? Mask(inner) : null,
    };

    /// <summary>Says why the fields of a job must not be stored; nothing when they may.</summary>
    public IEnumerable<string> WhyLeak(JobData parameters, JobData data, IReadOnlyDictionary<string, string> tags, string? key, string? workdir)
    {
        if (_needles.Length == 0)
        {
            return [];
        }

        (string What, string? Text)[] fields =
        [
            ("the parameters", parameters.Json), ("the data", data.Json), .. tags.Select(tag => ("the tags", (string?)$"{tag.Key}\n{tag.Value}")), ("the key", key), ("the workdir", workdir),
        ];
        return fields.Where(field => field.Text is not null).Select(field => WhyLeaks(field.What, field.Text!)).OfType<string>().Distinct();
    }

    /// <summary>Says why something must not be stored; null when nothing speaks against it.</summary>
    /// <param name="what">What it is: <c>the parameters</c>.</param>
    /// <param name="text">It, as it would be stored.</param>
    public string? WhyLeaks(string what, string text) => _needles.FirstOrDefault(needle => text.Contains(needle.Key, StringComparison.Ordinal)) is { Value: { } name }
        ? $"{what} would store the value of the secret '{name}' in clear. Leave it out, and let the application take it from its environment (SecretVariables)."
        : null;

    private static string Mark(string name) => $"[secret {name}]";

    // A text that was cut short may end, or begin, in the middle of a value.
    private static string MaskCut(string text, string needle, string name)
    {
        if (text.EndsWith(Omission))
        {
            for (int length = Math.Min(needle.Length - 1, text.Length - 1); length >= ShortestRemnant; length--)
            {
                if (text.AsSpan(0, text.Length - 1).EndsWith(needle.AsSpan(0, length), StringComparison.Ordinal))
                {
                    text = string.Concat(text.AsSpan(0, text.Length - 1 - length), Mark(name), [Omission]);
                    break;
                }
            }
        }

        if (text.StartsWith(Omission))
        {
            for (int length = Math.Min(needle.Length - 1, text.Length - 1); length >= ShortestRemnant; length--)
            {
                if (text.AsSpan(1).StartsWith(needle.AsSpan(needle.Length - length), StringComparison.Ordinal))
                {
                    return string.Concat([Omission], Mark(name), text.AsSpan(1 + length));
                }
            }
        }

        return text;
    }

    private string Get(ApplicationDescriptor application, string variable, string name) =>
        WhyUnusable(application, variable, name, out string? value) is { } problem ? throw new BalsamException(problem + " Then restart the job.") : value!;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The source is the user's code; its message may hold what must not be told.")]
    private string? WhyUnusable(ApplicationDescriptor application, string variable, string name, out string? value)
    {
        value = null;
        string needs = $"Application '{application.Name}' gives its jobs the secret '{name}' as {variable}, ";
        try
        {
            value = source?.Find(name);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return needs + $"and looking it up failed with {exception.GetType().Name}. See that the ISecretSource of this host can be reached.";
        }

        if (string.IsNullOrEmpty(value))
        {
            return needs + "which this host does not know. Set it in the host's configuration or environment, or register an ISecretSource that knows it.";
        }

        if (value.Length < ShortestValue)
        {
            return needs + FormattableString.Invariant($"which is shorter than {ShortestValue} characters and could not be told from other text, to keep it out of the store. Use a longer one.");
        }

        if (value.Contains('\0', StringComparison.Ordinal))
        {
            return needs + "which holds a NUL character, which no environment variable can carry. Hand over its name in a file, or encode it.";
        }

        Remember(name, value);
        return null;
    }

    private void Remember(string name, string value)
    {
        if (!_names.TryAdd(value, name))
        {
            return;
        }

        // As it is, as it stands in a command line and in JSON, and line by line: job.out is read by lines, with control characters made visible.
        _needles =
        [
            .. _names.SelectMany(known => Forms(known.Key).Select(form => KeyValuePair.Create(form, known.Value)))
                .DistinctBy(needle => needle.Key, StringComparer.Ordinal).OrderByDescending(needle => needle.Key.Length),
        ];
    }

    private static IEnumerable<string> Forms(string value) =>
    [
        value,
        value.Replace("'", "'\\''", StringComparison.Ordinal),
        JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        .. new string([.. value.Select(c => char.IsControl(c) ? '\n' : c)]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(part => part.Length >= ShortestValue),
    ];
}
