using System.Diagnostics.CodeAnalysis;
using System.Text;
using Balsam.Launch.Staging;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Balsam.Transfers.Sftp;

/// <summary>Connects to hosts, and logs in.</summary>
internal sealed class SftpConnector(SftpOptions options, ISecretSource? secrets)
{
    private static readonly string[] UsualKeys = ["~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"];

    /// <summary>Opens a connection.</summary>
    /// <param name="address">Where: <c>sftp://ada@laptop/home/ada</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The files below the address's path, as that user sees them.</returns>
    /// <exception cref="TransferException">The host cannot be reached, is not the right one, or refuses the user.</exception>
    public async Task<SftpTree> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        SftpEndpoint endpoint = SftpEndpoint.Of(address);
        SftpHost host = options.Hosts.TryGetValue($"{endpoint.User}@{endpoint.Host}", out SftpHost? named) || options.Hosts.TryGetValue(endpoint.Host, out named) ? named : options.Defaults;
        var errors = new SftpErrors(endpoint);
        SftpClient? client = null;
        HostKeyCheck? check = null;
        try
        {
            check = new HostKeyCheck(endpoint, HomePath.Expand(options.KnownHostsFile), [.. host.HostKeys]);
            var connection = new ConnectionInfo(endpoint.Host, endpoint.Port, endpoint.User, LogIn(endpoint, host)) { Timeout = options.ConnectTimeout };
            check.Narrow(connection);
            client = new SftpClient(connection)
            {
                OperationTimeout = options.AnswerTimeout,
                KeepAliveInterval = options.KeepAlive == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.KeepAlive,
            };
            client.HostKeyReceived += (_, shown) => check.Decide(shown);

            // The handshake and the login block.
            await Task.Run(() => client.ConnectAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
            var tree = new SftpTree(client, errors, Uri.UnescapeDataString(address.AbsolutePath));
            await tree.CheckRootAsync(cancellationToken).ConfigureAwait(false);
            return tree;
        }
        catch (TransferException)
        {
            await CloseAsync(client).ConfigureAwait(false);
            throw;
        }
        catch (Exception exception)
        {
            await CloseAsync(client).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw check?.Refusal is { } refusal ? new TransferException(refusal, isTransient: false, exception) : errors.Connecting(exception);
        }
    }

    /// <summary>Ends a connection, which blocks while the host answers; a host that does not is left.</summary>
    public static Task CloseAsync(SftpClient? client) => client is null ? Task.CompletedTask : Task.Run(client.Dispose);

    private AuthenticationMethod[] LogIn(SftpEndpoint endpoint, SftpHost host)
    {
        List<AuthenticationMethod> methods = [];
        IPrivateKeySource[] keys = [.. Keys(endpoint, host)];
        if (keys.Length > 0)
        {
            methods.Add(new PrivateKeyAuthenticationMethod(endpoint.User, keys));
        }

        if (host.PasswordSecret is { } secret)
        {
            string password = Secret(endpoint, secret);
            var asked = new KeyboardInteractiveAuthenticationMethod(endpoint.User);
            asked.AuthenticationPrompt += (_, prompts) =>
            {
                foreach (AuthenticationPrompt prompt in prompts.Prompts)
                {
                    prompt.Response = password;
                }
            };
            methods.AddRange([new PasswordAuthenticationMethod(endpoint.User, password), asked]);
        }

        return methods.Count > 0 ? [.. methods] : throw new TransferException(
            $"There is no key and no password to log in at {endpoint}. Set SftpOptions.Hosts[\"{endpoint.Host}\"], or make a key with ssh-keygen that the host takes (ssh-copy-id).", isTransient: false);
    }

    private IEnumerable<PrivateKeyFile> Keys(SftpEndpoint endpoint, SftpHost host)
    {
        string? passphrase = host.PassphraseSecret is { } name ? Secret(endpoint, name) : null;
        if (host.PrivateKeySecret is { } secret)
        {
            string key = Secret(endpoint, secret);
            return [Load(endpoint, $"the secret '{secret}'", () => new PrivateKeyFile(new MemoryStream(Encoding.UTF8.GetBytes(key)), passphrase))];
        }

        if (host.PrivateKeyFile is { } file)
        {
            return [Load(endpoint, file, () => new PrivateKeyFile(HomePath.Expand(file), passphrase))];
        }

        return host.PasswordSecret is null ? UsualKeys.Select(HomePath.Expand).Where(File.Exists).Select(TryLoad).OfType<PrivateKeyFile>() : [];
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What the library throws for a file that is no key depends on the file.")]
    private static PrivateKeyFile Load(SftpEndpoint endpoint, string where, Func<PrivateKeyFile> load)
    {
        try
        {
            return load();
        }
        catch (Exception exception)
        {
            throw new TransferException(
                $"The private key for {endpoint} ({where}) cannot be used: {exception.Message} See that it is a key, that this account may read it, and that PassphraseSecret opens it.", isTransient: false, exception);
        }
    }

    // A key of the account's that needs a passphrase is one that nobody meant for this.
    private static PrivateKeyFile? TryLoad(string path)
    {
        try
        {
            return new PrivateKeyFile(path);
        }
        catch (Exception exception) when (exception is SshException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private string Secret(SftpEndpoint endpoint, string name) => secrets?.Find(name) is { Length: > 0 } value ? value : throw new TransferException(
        $"The secret '{name}', which logs in at {endpoint}, is not known. Set it in the host's configuration or environment, or register an ISecretSource that knows it.", isTransient: false);
}
