using System.Security.Cryptography;

namespace Balsam.Transfers.Sftp;

/// <summary>Fingerprints of host keys, as OpenSSH writes them.</summary>
internal static class HostKeyFingerprint
{
    private const string Prefix = "SHA256:";
    private const int Characters = 43;

    public static string Of(ReadOnlySpan<byte> key) => Prefix + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=');

    public static bool IsOne(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length == Prefix.Length + Characters && Convert.TryFromBase64String(text[Prefix.Length..] + "=", new byte[SHA256.HashSizeInBytes], out _);
}
