using Balsam.Tests;

namespace Balsam.Transfers.Sftp.Tests;

/// <summary>A server for all tests of a class.</summary>
internal abstract class SftpFixture
{
    private int _directories;

    protected SshServer Server { get; private set; } = null!;

    /// <summary>A directory at the far end for this test.</summary>
    protected string Far { get; private set; } = null!;

    /// <summary>The location of this test.</summary>
    protected Uri Address => Server.Address(path: Path.GetFileName(Far));

    [OneTimeSetUp]
    public async Task StartServer() => Server = await SshServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopServer()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }

    [SetUp]
    public void MakeDirectory() => Far = Directory.CreateDirectory(Path.Combine(Server.Files, FormattableString.Invariant($"test-{++_directories}"))).FullName;

    protected SftpOptions Options(Action<SftpOptions>? change = null)
    {
        var options = new SftpOptions { KnownHostsFile = Server.KnownHostsFile, Defaults = new SftpHost { PrivateKeyFile = Server.KeyFile } };
        change?.Invoke(options);
        return options;
    }

    protected Task<SftpTree> ConnectAsync(Action<SftpOptions>? change = null, ISecretSource? secrets = null) => new SftpConnector(Options(change), secrets).ConnectAsync(Address, default);

    protected string At(string name) => Path.Combine(Far, name);
}
