using System.Collections.Immutable;

namespace Balsam;

/// <summary>What a store knows of an application: as it was when a program last registered it otherwise than before.</summary>
/// <remarks>Recorded when a launcher starts, and at a client's first submit. Nothing is written while nothing has changed.</remarks>
public sealed record ApplicationRecord
{
    /// <summary>The stored name.</summary>
    public required ApplicationName Name { get; init; }

    /// <summary>What the class's <c>[Description]</c> says; null when it says nothing.</summary>
    public string? Description { get; init; }

    /// <summary>The text of the command template; null for a function.</summary>
    public string? Command { get; init; }

    /// <summary>The parameters.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<ApplicationParameter> Parameters { get; init; } = [];

    /// <summary>What its jobs ask of nodes unless they say otherwise.</summary>
    /// <value>Default: one core of one node.</value>
    public JobResources Resources { get; init; } = JobResources.Default;

    /// <summary>The names under which it was stored before.</summary>
    /// <value>Default: none.</value>
    public ImmutableArray<ApplicationName> FormerNames { get; init; } = [];

    /// <summary>The full name of the class that defines it.</summary>
    public required string ClassName { get; init; }

    /// <summary>When it was first registered, under this name or a former one, in UTC. Set by the store.</summary>
    public DateTimeOffset FirstRegisteredAt { get; init; }

    /// <summary>When it was first registered as it stands here, in UTC. Set by the store.</summary>
    public DateTimeOffset LastChangedAt { get; init; }

    internal static ApplicationRecord Of(ApplicationDescriptor application) => new()
    {
        Name = application.Name,
        Description = application.Description,
        Command = application.Command?.Text,
        Parameters = [.. application.Parameters],
        Resources = application.Resources,
        FormerNames = [.. application.FormerNames],
        ClassName = application.Type.FullName ?? application.Type.Name,
    };

    /// <summary>Whether another record holds the same, element by element.</summary>
    /// <param name="other">The other record.</param>
    /// <returns>Whether it does.</returns>
    public bool Equals(ApplicationRecord? other) => other is not null && SaysTheSameAs(other) && FirstRegisteredAt == other.FirstRegisteredAt && LastChangedAt == other.LastChangedAt;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Command, ClassName, LastChangedAt);

    /// <summary>Writes the application on one line.</summary>
    /// <returns>For example <c>Relax(input, tolerance): "relax {{ input }}", 1 node × 4 cores</c>, or <c>Norm: function, 1 node × 1 core</c>.</returns>
    public override string ToString()
    {
        string parameters = Parameters.IsDefaultOrEmpty ? "" : $"({string.Join(", ", Parameters.Select(parameter => parameter.Name))})";
        return $"{Name}{parameters}: {(Command is null ? "function" : $"\"{Command}\"")}, {Resources}";
    }

    internal bool SaysTheSameAs(ApplicationRecord other) =>
        (Name, Description, Command, ClassName) == (other.Name, other.Description, other.Command, other.ClassName)
        && Resources.Equals(other.Resources) && Parameters.SequenceEqual(other.Parameters) && FormerNames.SequenceEqual(other.FormerNames);
}
