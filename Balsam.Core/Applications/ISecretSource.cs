namespace Balsam;

/// <summary>Knows the values of secrets by name. What jobs, stores, events and reports hold is the name alone.</summary>
/// <remarks>
/// <c>AddLauncher</c> registers one that asks the host's configuration, then its environment. Register your own to ask something else. It is asked when the host starts,
/// at each submit, and before each start of a job that needs a secret, from any thread; it must answer at once, so keep what is slow to fetch.
/// </remarks>
public interface ISecretSource
{
    /// <summary>Looks a secret up.</summary>
    /// <param name="name">Its name, as <see cref="ApplicationDefinition.SecretVariables"/> gives it.</param>
    /// <returns>Its value now; null when there is none of that name.</returns>
    string? Find(string name);
}
