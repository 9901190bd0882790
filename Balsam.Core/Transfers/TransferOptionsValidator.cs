using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>Checks at start that the site's locations and limits can be used.</summary>
internal sealed class TransferOptionsValidator : IValidateOptions<TransferOptions>
{
    public const int LocationNameLength = 100;

    public ValidateOptionsResult Validate(string? name, TransferOptions options)
    {
        string[] problems = [.. options.Locations.SelectMany(location => LocationProblems(location.Key, location.Value)), .. options.OpenSchemes.Select(SchemeProblem).OfType<string>(), .. LimitProblems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> LocationProblems(string name, Uri? uri)
    {
        if (WhyBadName(name) is { } bad)
        {
            yield return bad;
        }

        if (uri is not { IsAbsoluteUri: true })
        {
            yield return $"The transfer location '{name}' is at '{uri}', which is no absolute URI. Write one like sftp://ada@laptop/home/ada or file:///archive.";
        }
        else if (uri.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            yield return $"The transfer location '{name}' holds a password. Take it out of the address: a provider gets its secrets elsewhere, for example from keys.";
        }
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            yield return $"The transfer location '{name}' has a query or a fragment, and jobs name paths below it. Leave both out.";
        }
    }

    private static string? WhyBadName(string name)
    {
        try
        {
            _ = Names.Checked(name, LocationNameLength, "name of a transfer location");
            return Uri.UriSchemeHttp == name || Uri.UriSchemeHttps == name || Uri.UriSchemeFile == name || Uri.UriSchemeSftp == name
                ? $"A transfer location cannot be called '{name}', which is the scheme of a URI. Give it the name of the place."
                : null;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }

    private static string? SchemeProblem(string scheme) => Uri.CheckSchemeName(scheme) ? null : $"TransferOptions.OpenSchemes holds '{scheme}', which is no scheme of a URI. Write one like https.";

    private static IEnumerable<string> LimitProblems(TransferOptions options)
    {
        foreach ((string name, int value) in new[] { (nameof(options.MaxConcurrentBatches), options.MaxConcurrentBatches), (nameof(options.BatchSize), options.BatchSize), (nameof(options.MaxAttempts), options.MaxAttempts) })
        {
            if (value < 1)
            {
                yield return FormattableString.Invariant($"TransferOptions.{name} is {value}; set it to 1 or more.");
            }
        }

        foreach ((string name, TimeSpan value) in new[] { (nameof(options.RetryDelay), options.RetryDelay), (nameof(options.LongestRetryDelay), options.LongestRetryDelay) })
        {
            if (value < TimeSpan.Zero)
            {
                yield return FormattableString.Invariant($"TransferOptions.{name} is {value}; set it to zero or more.");
            }
        }

        if (!Enum.IsDefined(options.LocalMode))
        {
            yield return FormattableString.Invariant($"TransferOptions.LocalMode is {(int)options.LocalMode}; set it to Copy or HardLink.");
        }
    }
}
