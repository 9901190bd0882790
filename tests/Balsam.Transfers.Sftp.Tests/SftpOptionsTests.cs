using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>What <c>AddSftp</c> takes and what it refuses when the host starts.</summary>
internal sealed class SftpOptionsTests
{
    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("ConnectTimeout", options => options.ConnectTimeout = TimeSpan.Zero);
        yield return Case("AnswerTimeout", options => options.AnswerTimeout = TimeSpan.FromDays(1));
        yield return Case("KeepAlive", options => options.KeepAlive = TimeSpan.FromSeconds(-1));
        yield return Case("no such file", options => options.Hosts["laptop"] = new SftpHost { PrivateKeyFile = "/none/id" });
        yield return Case("PrivateKeySecret; set one", options => options.Hosts["laptop"] = new SftpHost { PrivateKeyFile = "/none/id", PrivateKeySecret = "Key" });
        yield return Case("no key that it opens", options => options.Defaults.PassphraseSecret = "Passphrase");
        yield return Case("no fingerprint", options => options.Defaults.HostKeys.Add("MD5:aa:bb"));
        yield return Case("no fingerprint", options => options.Defaults.HostKeys.Add("SHA256:short"));

        static TestCaseData Case(string says, Action<SftpOptions> change) => new(says, change);
    }

    [TestCaseSource(nameof(Wrong))]
    public void Start_OptionsThatCannotWork_IsRefusedWithWhatToSet(string says, Action<SftpOptions> change)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddBalsam(balsam => balsam.AddSftp(change));
        using IHost host = builder.Build();

        Assert.That(() => host.Services.GetRequiredService<IOptions<SftpOptions>>().Value, Throws.TypeOf<OptionsValidationException>().With.Message.Contains("SftpOptions.").And.Message.Contains(says));
    }
}
