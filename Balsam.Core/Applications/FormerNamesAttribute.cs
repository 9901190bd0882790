namespace Balsam;

/// <summary>Says under which names an application was stored before, so that jobs stored under them run and are found after a rename.</summary>
/// <remarks>
/// Stored jobs keep the name that they were submitted under: their history stays true. They run as jobs of this class, and
/// <see cref="JobQuery.WithApplication{TApplication}"/> and <see cref="ApplicationName.Is{TApplication}"/> find them. New jobs are stored under the present name, also
/// when they are submitted under a former one.
/// </remarks>
/// <param name="names">The names, each as it stands in stored jobs: what the class was called, or what its <see cref="ApplicationNameAttribute"/> said.</param>
/// <example><code>
/// [FormerNames("OldRelax")]
/// public sealed class Relax : ApplicationDefinition&lt;Relax.Parameters&gt; …
/// </code></example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class FormerNamesAttribute(params string[] names) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
