namespace Balsam.Hostile.Host;

/// <summary>The names of the secrets. Their values come by the environment, so that nothing but the process has them.</summary>
public static class Secrets
{
    public const string Token = "HOSTILE_TOKEN";
    public const string Key = "HOSTILE_KEY";
}
