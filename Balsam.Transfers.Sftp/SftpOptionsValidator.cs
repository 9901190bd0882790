using Microsoft.Extensions.Options;

namespace Balsam.Transfers.Sftp;

/// <summary>Checks the options at start; each message says what to set.</summary>
internal sealed class SftpOptionsValidator : IValidateOptions<SftpOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, SftpOptions options)
    {
        string[] problems =
        [
            .. CheckTime(nameof(options.ConnectTimeout), options.ConnectTimeout, options.ConnectTimeout <= TimeSpan.Zero),
            .. CheckTime(nameof(options.AnswerTimeout), options.AnswerTimeout, options.AnswerTimeout <= TimeSpan.Zero),
            .. CheckTime(nameof(options.KeepAlive), options.KeepAlive, options.KeepAlive < TimeSpan.Zero),
            .. CheckHost("Defaults", options.Defaults),
            .. options.Hosts.SelectMany(host => CheckHost($"Hosts[\"{host.Key}\"]", host.Value)),
        ];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> CheckTime(string option, TimeSpan value, bool isTooShort)
    {
        if (isTooShort || value > Longest)
        {
            yield return $"SftpOptions.{option} is {value}; set it to more than zero (KeepAlive: or zero) and at most {Longest}.";
        }
    }

    private static IEnumerable<string> CheckHost(string option, SftpHost host)
    {
        if (host.PrivateKeyFile is not null && host.PrivateKeySecret is not null)
        {
            yield return $"SftpOptions.{option} has a PrivateKeyFile and a PrivateKeySecret; set one of them.";
        }

        if (host.PassphraseSecret is not null && host.PrivateKeyFile is null && host.PrivateKeySecret is null)
        {
            yield return $"SftpOptions.{option} has a PassphraseSecret and no key that it opens; set PrivateKeyFile or PrivateKeySecret.";
        }

        if (host.PrivateKeyFile is { } file && !File.Exists(HomePath.Expand(file)))
        {
            yield return $"SftpOptions.{option}.PrivateKeyFile is '{file}', and there is no such file. Make a key with ssh-keygen, or correct the path.";
        }

        foreach (string key in host.HostKeys.Where(key => !HostKeyFingerprint.IsOne(key)))
        {
            yield return $"SftpOptions.{option}.HostKeys has '{key}', which is no fingerprint. Write it as ssh-keygen -l does: SHA256: and 43 characters.";
        }
    }
}
