using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Balsam.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam;

/// <summary>The applications of this host, read and checked on first use.</summary>
public sealed class ApplicationRegistry
{
    private readonly IServiceScopeFactory _scopes;
    private readonly Lazy<FrozenDictionary<ApplicationName, ApplicationDescriptor>> _applications;
    private readonly Lazy<IReadOnlyCollection<ApplicationDescriptor>> _all;

    internal ApplicationRegistry(IEnumerable<ApplicationRegistration> registrations, IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        _applications = new(() => Read([.. registrations.Distinct()]));
        _all = new(() => [.. _applications.Value.Values.Distinct()]);
    }

    /// <summary>The applications, by name.</summary>
    /// <exception cref="ConfigurationException">A definition cannot be used; the message names every problem.</exception>
    public IReadOnlyCollection<ApplicationDescriptor> All => _all.Value;

    /// <summary>Looks an application up.</summary>
    /// <param name="name">Its stored name, or a former one.</param>
    /// <param name="application">The application.</param>
    /// <returns>Whether it is registered.</returns>
    /// <exception cref="ConfigurationException">A definition cannot be used; the message names every problem.</exception>
    public bool TryGet(ApplicationName name, [NotNullWhen(true)] out ApplicationDescriptor? application) => _applications.Value.TryGetValue(name, out application);

    /// <summary>Records the applications of this host in a store; it writes what is new.</summary>
    internal Task RecordAsync(IJobStore store, CancellationToken cancellationToken) => store.RegisterApplicationsAsync([.. All.Select(ApplicationRecord.Of)], cancellationToken);

    private FrozenDictionary<ApplicationName, ApplicationDescriptor> Read(ApplicationRegistration[] registrations)
    {
        List<string> problems = [];
        List<ApplicationDescriptor> applications = [];
        foreach (IGrouping<ApplicationName, ApplicationRegistration> same in registrations.GroupBy(registration => registration.Name))
        {
            if (same.Count() > 1)
            {
                problems.Add($"Two classes are stored as '{same.Key}': {string.Join(" and ", same.Select(r => r.Type.FullName))}. Give one of them another [ApplicationName].");
            }
            else if (TryRead(same.Single(), problems) is { } application)
            {
                problems.AddRange(application.Validate());
                applications.Add(application);
            }
        }

        problems.AddRange(Clashes(applications));
        return problems.Count == 0
            ? applications.SelectMany(application => application.Names.Select(name => (name, application))).ToFrozenDictionary(entry => entry.name, entry => entry.application)
            : throw new ConfigurationException(problems);
    }

    // Two classes of one present name are reported before: these are the clashes with a former one.
    private static IEnumerable<string> Clashes(List<ApplicationDescriptor> applications) =>
        from claim in applications.SelectMany(application => application.Names.Select(name => (Name: name, Application: application)))
        group claim.Application by claim.Name into claimants
        where claimants.Count() > 1
        select $"Jobs stored as '{claimants.Key}' belong to {string.Join(" and ", claimants.Select(application => $"'{application.Name}' ({application.Type.FullName})"))}, "
            + "by its name or its [FormerNames]. Leave the name to one of them.";

    private ApplicationDescriptor? TryRead(ApplicationRegistration registration, List<string> problems)
    {
        try
        {
            using IServiceScope scope = _scopes.CreateScope();
            return new ApplicationDescriptor(registration.Name, (ApplicationDefinition)scope.ServiceProvider.GetRequiredService(registration.Type));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            problems.Add($"Application '{registration.Name}' ({registration.Type.Name}) cannot be read: {exception.Message}");
            return null;
        }
    }
}
