using Microsoft.Extensions.Options;

namespace Balsam;

/// <summary>Checks at start that the host can run: one store, sound applications, sound options.</summary>
internal sealed class SetupValidator(IEnumerable<StoreRegistration> stores, ApplicationRegistry applications) : IValidateOptions<BalsamOptions>
{
    public ValidateOptionsResult Validate(string? name, BalsamOptions options)
    {
        List<string> problems = [.. StoreProblems(), .. ApplicationProblems()];
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
        {
            problems.Add("BalsamOptions.DataDirectory is empty; name the directory that holds the jobs' workdirs.");
        }

        if (options.StuckGrace < TimeSpan.Zero && options.StuckGrace != Timeout.InfiniteTimeSpan)
        {
            problems.Add(FormattableString.Invariant($"BalsamOptions.StuckGrace is {options.StuckGrace}; set it to zero or more, or to Timeout.InfiniteTimeSpan to wait for ever."));
        }

        if (!Enum.IsDefined(options.WorkdirAccess))
        {
            problems.Add(FormattableString.Invariant($"BalsamOptions.WorkdirAccess is {(int)options.WorkdirAccess}; set it to Owner, Group or Everyone."));
        }

        try
        {
            _ = new SiteName(options.Site);
        }
        catch (ArgumentException exception)
        {
            problems.Add($"BalsamOptions.Site: {exception.Message}");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> StoreProblems()
    {
        StoreRegistration[] distinct = [.. stores.Distinct()];
        if (distinct.Length == 0)
        {
            yield return "No job store was chosen. Call UseLiteDb(\"campaign.db\") of Balsam.Storage.LiteDb, or UseInMemory() of Balsam.Testing, inside AddBalsam.";
        }
        else if (distinct.Length > 1)
        {
            yield return $"Two job stores were chosen: {string.Join(" and ", distinct.Select(store => store.Call))}. Keep one.";
        }
    }

    private IEnumerable<string> ApplicationProblems()
    {
        try
        {
            _ = applications.All;
            return [];
        }
        catch (ConfigurationException exception)
        {
            return exception.Problems;
        }
    }
}
