using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Balsam;

/// <summary>The applications of this host, read and checked on first use.</summary>
public sealed class ApplicationRegistry
{
    private readonly IServiceScopeFactory _scopes;
    private readonly Lazy<FrozenDictionary<ApplicationName, ApplicationDescriptor>> _applications;

    internal ApplicationRegistry(IEnumerable<ApplicationRegistration> registrations, IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        _applications = new(() => Read([.. registrations.Distinct()]));
    }

    /// <summary>The applications, by name.</summary>
    /// <exception cref="ConfigurationException">A definition cannot be used; the message names every problem.</exception>
    public IReadOnlyCollection<ApplicationDescriptor> All => _applications.Value.Values;

    /// <summary>Looks an application up.</summary>
    /// <param name="name">Its stored name.</param>
    /// <param name="application">The application.</param>
    /// <returns>Whether it is registered.</returns>
    /// <exception cref="ConfigurationException">A definition cannot be used; the message names every problem.</exception>
    public bool TryGet(ApplicationName name, [NotNullWhen(true)] out ApplicationDescriptor? application) => _applications.Value.TryGetValue(name, out application);

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

        return problems.Count == 0 ? applications.ToFrozenDictionary(application => application.Name) : throw new ConfigurationException(problems);
    }

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
