using Balsam.Launch.Running;
using Microsoft.Extensions.Options;

namespace Balsam.Launch.Staging.Rsync;

/// <summary>Checks the options at start, and that the programs are there; each message says what to do.</summary>
internal sealed class RsyncOptionsValidator : IValidateOptions<RsyncOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, RsyncOptions options)
    {
        string[] problems =
        [
            .. CheckTime(nameof(options.ConnectTimeout), options.ConnectTimeout),
            .. CheckTime(nameof(options.AnswerTimeout), options.AnswerTimeout),
            .. options.SshArguments.Where(argument => argument.Contains('"', StringComparison.Ordinal)).Select(argument =>
                $"RsyncOptions.SshArguments has {argument}, and rsync cannot hand on an argument with a quotation mark. Put what it sets into ~/.ssh/config."),
            .. !OperatingSystem.IsLinux() ? ["AddRsync works on Linux only. Take it out, and use another kind of location."] : new[] { options.Program, "ssh" }.SelectMany(FindProgram),
        ];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> FindProgram(string program)
    {
        string? found = new ProgramResolver().Resolve(program, Environment.CurrentDirectory, Environment.GetEnvironmentVariable("PATH"), out _);
        if (found is null || !File.Exists(found))
        {
            yield return $"AddRsync needs '{program}', which is not on this machine. Install it (apt-get install rsync openssh-client), set RsyncOptions.Program, or take AddRsync out.";
        }
    }

    private static IEnumerable<string> CheckTime(string option, TimeSpan value)
    {
        if (value < Shortest || value > Longest)
        {
            yield return $"RsyncOptions.{option} is {value}; set it between {Shortest} and {Longest}.";
        }
    }
}
