namespace Balsam;

/// <summary>Gives an application a stored name other than its class name, so that the class may be renamed without losing its jobs.</summary>
/// <param name="name">The name: 1 to 128 letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, beginning with a letter or digit.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ApplicationNameAttribute(string name) : Attribute
{
    /// <summary>The stored name.</summary>
    public string Name { get; } = name;
}
