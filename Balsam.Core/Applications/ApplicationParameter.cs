namespace Balsam;

/// <summary>A parameter that an application takes.</summary>
/// <param name="Name">Its name in templates and JSON.</param>
/// <param name="Required">Whether a job must give it.</param>
/// <param name="Default">The JSON text of the value that a job gets which does not give it; null when it is required.</param>
/// <param name="Help">What it means, in words; null when nobody said.</param>
public sealed record ApplicationParameter(string Name, bool Required, string? Default, string? Help)
{
    /// <summary>Declares a parameter that every job must give.</summary>
    /// <param name="name">Its name in the template.</param>
    /// <param name="help">What it means.</param>
    /// <returns>The parameter.</returns>
    public static ApplicationParameter Mandatory(string name, string? help = null) => new(name, true, null, help);

    /// <summary>Declares a parameter with a default.</summary>
    /// <typeparam name="T">The default's type.</typeparam>
    /// <param name="name">Its name in the template.</param>
    /// <param name="defaultValue">The value for jobs that do not give one.</param>
    /// <param name="help">What it means.</param>
    /// <returns>The parameter.</returns>
    public static ApplicationParameter Optional<T>(string name, T defaultValue, string? help = null) => new(name, false, JobData.From(defaultValue).Json, help);
}
