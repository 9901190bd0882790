namespace Balsam.Transfers.Sftp;

/// <summary>A key that a file of known hosts has for a host.</summary>
/// <param name="Type">The type, for example <c>ssh-ed25519</c>.</param>
/// <param name="Key">The public key, as the host shows it.</param>
/// <param name="IsRevoked">Whether it must never be taken again.</param>
internal sealed record KnownHostKey(string Type, byte[] Key, bool IsRevoked);
