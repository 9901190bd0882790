using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Balsam.Launch.Staging;
using Balsam.Tests;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>Logging in at a real server, and knowing that it is the right one.</summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
internal sealed class SftpConnectorTests : SftpFixture
{
    private static SftpHost Key(string file) => new() { PrivateKeyFile = file };

    [Test]
    public async Task Connect_KeyFileAndKnownHost_Works()
    {
        await using SftpTree tree = await ConnectAsync();

        Assert.That(await tree.FindAsync("/", default), Is.Not.Null);
    }

    [Test]
    public async Task Connect_LockedKeyAndItsPassphraseAsSecret_Works()
    {
        await using SftpTree tree = await ConnectAsync(
            options => options.Defaults = new SftpHost { PrivateKeyFile = Server.LockedKeyFile, PassphraseSecret = "Far:Passphrase" }, new Secrets(("Far:Passphrase", "open sesame")));

        Assert.That(await tree.FindAsync("/", default), Is.Not.Null);
    }

    [Test]
    public async Task Connect_KeyAsSecret_Works()
    {
        await using SftpTree tree = await ConnectAsync(options => options.Defaults = new SftpHost { PrivateKeySecret = "Far:Key" }, new Secrets(("Far:Key", File.ReadAllText(Server.KeyFile))));

        Assert.That(await tree.FindAsync("/", default), Is.Not.Null);
    }

    [TestCase("127.0.0.1")]
    [TestCase("{user}@127.0.0.1")]
    public async Task Connect_HostNamed_TakesItsKeyAndNoOther(string name)
    {
        await using SftpTree tree = await ConnectAsync(options =>
        {
            options.Defaults = Key(Server.OtherKeyFile);
            options.Hosts[name.Replace("{user}", SshServer.User, StringComparison.Ordinal)] = Key(Server.KeyFile);
        });

        Assert.That(await tree.FindAsync("/", default), Is.Not.Null);
    }

    [Test]
    public async Task Connect_WrongKey_FailsForGoodAndSaysWhoWasRefused()
    {
        TransferException failure = await RefusedAsync(options => options.Defaults = Key(Server.OtherKeyFile));

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain($"refuses the user '{SshServer.User}'").And.Contain("authorized_keys"));
    }

    [Test]
    public async Task Connect_WrongPassphrase_FailsForGoodAndTellsNoSecret()
    {
        TransferException failure = await RefusedAsync(
            options => options.Defaults = new SftpHost { PrivateKeyFile = Server.LockedKeyFile, PassphraseSecret = "Far:Passphrase" }, new Secrets(("Far:Passphrase", "open barley")));

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain(Server.LockedKeyFile).And.Contain("PassphraseSecret"));
        Assert.That(failure.ToString(), Does.Not.Contain("barley"));
    }

    [Test]
    public async Task Connect_SecretUnknown_FailsForGoodAndNamesIt()
    {
        TransferException failure = await RefusedAsync(options => options.Defaults = new SftpHost { PasswordSecret = "Far:Password" }, new Secrets());

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain("'Far:Password'").And.Contain("ISecretSource"));
    }

    [Test]
    public async Task Connect_PasswordRefused_FailsForGoodAndTellsNoSecret()
    {
        TransferException failure = await RefusedAsync(options => options.Defaults = new SftpHost { PasswordSecret = "Far:Password" }, new Secrets(("Far:Password", "correct horse")));

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.ToString(), Does.Contain("refuses the user").And.Not.Contain("correct horse"));
    }

    [Test]
    public async Task Connect_PasswordInTheAddress_IsRefusedWithoutShowingIt()
    {
        var connector = new SftpConnector(Options(), null);

        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => connector.ConnectAsync(new Uri("sftp://ada:hunter2hunter2@laptop/home"), default));

        Assert.That(failure!.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain("PasswordSecret").And.Not.Contain("hunter2"));
    }

    [Test]
    public async Task Connect_UnknownHost_IsRefusedAndSaysTheFingerprintAndWhatToSet()
    {
        TransferException failure = await RefusedAsync(options => options.KnownHostsFile = At("none"));

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain(Server.Fingerprint).And.Contain("SftpOptions.Hosts[\"127.0.0.1\"].HostKeys").And.Contain($"ssh-keyscan -p {Server.Port} 127.0.0.1").And.Contain(At("none")));
        Assert.That(File.Exists(At("none")), Is.False, "nothing is learned by itself");
    }

    [Test]
    public async Task Connect_FingerprintGiven_NeedsNoFile()
    {
        await using SftpTree tree = await ConnectAsync(options =>
        {
            options.KnownHostsFile = At("none");
            options.Defaults.HostKeys.Add(Server.Fingerprint);
        });

        Assert.That(await tree.FindAsync("/", default), Is.Not.Null);
    }

    [Test]
    public async Task Connect_OtherFingerprintGiven_IsRefusedWhateverTheFileSays()
    {
        string other = HostKeyFingerprint.Of("another"u8);
        TransferException failure = await RefusedAsync(options => options.Defaults.HostKeys.Add(other));

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain(Server.Fingerprint).And.Contain(other).And.Contain("stand between"));
    }

    [Test]
    public async Task Connect_OtherKeyInTheFile_IsRefusedAsChanged()
    {
        File.WriteAllText(At("hosts"), $"[127.0.0.1]:{Server.Port} {File.ReadAllText(Server.OtherKeyFile + ".pub")}");

        TransferException failure = await RefusedAsync(options => options.KnownHostsFile = At("hosts"));

        Assert.That(failure.IsTransient, Is.False);
        Assert.That(failure.Message, Does.Contain(Server.Fingerprint).And.Contain("another one is expected").And.Contain(At("hosts")));
    }

    [Test]
    public async Task Connect_KeyRevoked_IsRefused()
    {
        File.WriteAllLines(At("hosts"), [$"@revoked * {Server.HostKey}", $"[127.0.0.1]:{Server.Port} {Server.HostKey}"]);

        TransferException failure = await RefusedAsync(options => options.KnownHostsFile = At("hosts"));

        Assert.That(failure.Message, Does.Contain("has revoked"));
        Assert.That(failure.IsTransient, Is.False);
    }

    [Test]
    public async Task Connect_NobodyListens_FailsForNow()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        TransferException failure = await RefusedAsync(address: new Uri(FormattableString.Invariant($"sftp://ada@127.0.0.1:{port}/")));

        Assert.That(failure.IsTransient);
        Assert.That(failure.Message, Does.Contain($"sftp://ada@127.0.0.1:{port} cannot be reached"));
    }

    [Test]
    public async Task Connect_HostSaysNothing_FailsForNow()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        TransferException failure = await RefusedAsync(options => options.ConnectTimeout = TimeSpan.FromMilliseconds(200), address: new Uri(FormattableString.Invariant($"sftp://ada@127.0.0.1:{port}/")));

        Assert.That(failure.IsTransient);
        Assert.That(failure.Message, Does.Contain("does not answer"));
    }

    [Test]
    public async Task Connect_LocationIsNotThere_FailsForNowAndNamesIt()
    {
        TransferException failure = await RefusedAsync(address: Server.Address(path: "not mounted"));

        Assert.That(failure.IsTransient);
        Assert.That(failure.Message, Does.Contain($"no directory '{Path.Combine(Server.Files, "not mounted")}'"));
    }

    [Test]
    public async Task Connect_TooManySessions_FailsForNow()
    {
        await using SshServer crowded = await SshServer.StartAsync("MaxSessions 0");
        var options = new SftpOptions { KnownHostsFile = crowded.KnownHostsFile, Defaults = Key(crowded.KeyFile) };

        TransferException? failure = await Assert.ThrowsAsync<TransferException>(() => new SftpConnector(options, null).ConnectAsync(crowded.Address(), default));

        Assert.That(failure!.IsTransient, failure.Message);
    }

    private async Task<TransferException> RefusedAsync(Action<SftpOptions>? change = null, ISecretSource? secrets = null, Uri? address = null)
    {
        var connector = new SftpConnector(Options(change), secrets);
        try
        {
            await using SftpTree tree = await connector.ConnectAsync(address ?? Address, default);
        }
        catch (TransferException failure)
        {
            return failure;
        }

        throw new AssertionException("The connection was made.");
    }
}
