namespace Balsam;

/// <summary>How to log in to a host, and how to know that it is the right one. Secrets are named, never given: <see cref="ISecretSource"/> knows their values.</summary>
public sealed class SftpHost
{
    /// <summary>The file of a private key; <c>~</c> is the account's home.</summary>
    /// <value>Default: null.</value>
    public string? PrivateKeyFile { get; set; }

    /// <summary>The name of the secret that is a private key, as the text of its file.</summary>
    /// <value>Default: null.</value>
    public string? PrivateKeySecret { get; set; }

    /// <summary>The name of the secret that opens the private key.</summary>
    /// <value>Default: null: the key needs none.</value>
    public string? PassphraseSecret { get; set; }

    /// <summary>The name of the secret that is the user's password at the host. It is tried after the key.</summary>
    /// <value>Default: null: no password.</value>
    public string? PasswordSecret { get; set; }

    /// <summary>The fingerprints of the host's keys, as <c>ssh-keygen -l</c> writes them (<c>SHA256:…</c>). With any here, the file of known hosts is not asked.</summary>
    /// <value>Default: none: the host must be in <see cref="SftpOptions.KnownHostsFile"/>.</value>
    public IList<string> HostKeys { get; } = [];
}
