using Microsoft.Extensions.Options;

namespace Balsam.Launch.Hosting;

/// <summary>Checks at start that the host knows every secret of its applications, so that no job has to fail for it.</summary>
internal sealed class SecretsValidator(SecretKeeper secrets) : IValidateOptions<LauncherOptions>
{
    public ValidateOptionsResult Validate(string? name, LauncherOptions options)
    {
        try
        {
            return secrets.Refresh() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
        }
        catch (ConfigurationException)
        {
            // What is wrong with the applications themselves comes out of the check of the set-up.
            return ValidateOptionsResult.Success;
        }
    }
}
