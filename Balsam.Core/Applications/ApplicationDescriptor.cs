using System.Collections.Frozen;
using System.ComponentModel;
using System.Reflection;

namespace Balsam;

/// <summary>What is known of a registered application once its definition has been read and checked.</summary>
public sealed class ApplicationDescriptor
{
    private static readonly (string Method, JobState State)[] Hooks =
    [
        ("Preprocess", JobState.StagedIn), ("Postprocess", JobState.RunDone), ("HandleError", JobState.RunError), ("HandleTimeout", JobState.RunTimeout),
    ];

    internal ApplicationDescriptor(ApplicationName name, ApplicationDefinition definition)
    {
        Type = definition.GetType();
        Name = name;
        FormerNames = [.. ApplicationName.FormerOf(Type).Where(former => former != name).Distinct()];
        Description = Type.GetCustomAttribute<DescriptionAttribute>()?.Description;
        Command = definition.Command;
        Parameters = definition.DeclaredParameters;
        EnvironmentVariables = definition.EnvironmentVariables.ToFrozenDictionary(StringComparer.Ordinal);
        SecretVariables = definition.SecretVariables.ToFrozenDictionary(StringComparer.Ordinal);
        Preamble = definition.Preamble;
        Resources = definition.Resources;
        Retry = definition.Retry;
        TransferSlots = [.. definition.TransferSlots];
        InputsFromParents = [.. definition.InputsFromParents];
        CleanupFiles = [.. definition.CleanupFiles];
        IsFunction = definition.IsFunction;
        ParametersType = definition.ParametersType;
        HookedStates = JobStateSet.Of([.. Hooks.Where(hook => Overrides(Type, hook.Method)).Select(hook => hook.State)]);
    }

    /// <summary>The stored name.</summary>
    public ApplicationName Name { get; }

    /// <summary>The names under which it was stored before: what the class's <c>[FormerNames]</c> says.</summary>
    public IReadOnlyList<ApplicationName> FormerNames { get; }

    /// <summary>What the class's <c>[Description]</c> says; null when it says nothing.</summary>
    public string? Description { get; }

    /// <summary>The command; null for a function.</summary>
    public CommandTemplate? Command { get; }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<ApplicationParameter> Parameters { get; }

    /// <summary>Environment variables that the command gets.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; }

    /// <summary>Environment variables whose values are secret, and the names of the secrets.</summary>
    public IReadOnlyDictionary<string, string> SecretVariables { get; }

    /// <summary>Shell lines before the command; null for none.</summary>
    public string? Preamble { get; }

    /// <summary>What its jobs ask of nodes unless they say otherwise.</summary>
    public JobResources Resources { get; }

    /// <summary>When its failed jobs run again; null when nobody said.</summary>
    public RetryPolicy? Retry { get; }

    /// <summary>The files that its jobs bring in and give out.</summary>
    public IReadOnlyList<TransferSlot> TransferSlots { get; }

    /// <summary>Patterns of files that its jobs find in their workdirs, from their parents'.</summary>
    public IReadOnlyList<string> InputsFromParents { get; }

    /// <summary>Patterns of files that nobody needs once a job is finished.</summary>
    public IReadOnlyList<string> CleanupFiles { get; }

    /// <summary>Whether it runs .NET code instead of a command.</summary>
    public bool IsFunction { get; }

    /// <summary>The class that defines it.</summary>
    public Type Type { get; }

    /// <summary>The states whose hook the class overrides; in the others the default decides, without calling the class.</summary>
    public JobStateSet HookedStates { get; }

    /// <summary>Every name under which its jobs may be stored.</summary>
    internal IEnumerable<ApplicationName> Names => FormerNames.Prepend(Name);

    internal Type? ParametersType { get; }

    /// <summary>Names everything that is wrong with the definition.</summary>
    internal IEnumerable<string> Validate()
    {
        if (Command is null && !IsFunction)
        {
            yield return $"Application '{Name}' ({Type.Name}) has no command. Override Command, or derive from FunctionApplication.";
        }

        string known = Parameters.Count == 0 ? "none" : string.Join(", ", Parameters.Select(parameter => parameter.Name));
        foreach (string name in Command?.Names.Except(Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal) ?? [])
        {
            yield return $"Application '{Name}': the command uses '{{{{ {name} }}}}', which is not one of its parameters. Known: {known}.";
        }

        foreach (string name in Parameters.GroupBy(parameter => parameter.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            yield return $"Application '{Name}' declares the parameter '{name}' twice.";
        }

        foreach (string name in SecretVariables.Keys.Where(EnvironmentVariables.ContainsKey))
        {
            yield return $"Application '{Name}' names '{name}' both in EnvironmentVariables and in SecretVariables. Leave it in one of them.";
        }

        foreach ((string variable, _) in SecretVariables.Where(secret => string.IsNullOrWhiteSpace(secret.Value)))
        {
            yield return $"Application '{Name}': the secret variable '{variable}' names no secret. Give the name by which the host's ISecretSource knows it.";
        }

        foreach (string name in EnvironmentVariables.Keys.Concat(SecretVariables.Keys).Where(name => name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)))
        {
            yield return $"Application '{Name}': '{name}' cannot be the name of an environment variable.";
        }

        foreach (string problem in Resources.Validate())
        {
            yield return $"Application '{Name}': {problem}";
        }

        foreach (string problem in TransferSlotRules.Validate(TransferSlots))
        {
            yield return $"Application '{Name}': {problem}";
        }

        foreach (string problem in InputsFromParents.Select(FilePatternRules.Problem).OfType<string>())
        {
            yield return $"Application '{Name}', InputsFromParents: {problem}.";
        }

        foreach (string problem in CleanupFiles.Select(FilePatternRules.Problem).OfType<string>())
        {
            yield return $"Application '{Name}', CleanupFiles: {problem}.";
        }
    }

    private static bool Overrides(Type type, string hook) =>
        type.GetMethod(hook, BindingFlags.Instance | BindingFlags.NonPublic, [typeof(JobContext), typeof(CancellationToken)])!.DeclaringType != typeof(ApplicationDefinition);
}
