using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Balsam.Transfers.Sftp;

/// <summary>Reads files of known hosts as OpenSSH writes them: patterns, ports, hashed names and revoked keys. Authorities that sign host keys are not taken.</summary>
internal static class KnownHosts
{
    private const int StandardPort = 22;

    public static IReadOnlyList<KnownHostKey> Find(IEnumerable<string> lines, string host, int port)
    {
        string[] names = port == StandardPort ? [host] : [$"[{host}]:{port}", host];
        return [.. lines.Select(line => Read(line, names)).OfType<KnownHostKey>()];
    }

    private static KnownHostKey? Read(string line, string[] names)
    {
        Queue<string> words = new(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        if (words.Count == 0 || words.Peek().StartsWith('#'))
        {
            return null;
        }

        string? marker = words.Peek().StartsWith('@') ? words.Dequeue() : null;
        if (words.Count < 3 || marker is not (null or "@revoked") || !Matches(words.Dequeue(), names))
        {
            return null;
        }

        string type = words.Dequeue();
        byte[] key = new byte[words.Peek().Length];
        return Convert.TryFromBase64String(words.Peek(), key, out int length) ? new KnownHostKey(type, key[..length], marker is not null) : null;
    }

    private static bool Matches(string patterns, string[] names)
    {
        if (patterns.StartsWith("|1|", StringComparison.Ordinal))
        {
            return names.Any(name => IsHashOf(patterns, name));
        }

        string[] all = patterns.Split(',');
        return names.Any(name => all.Any(pattern => IsMatch(pattern, name)) && !all.Any(pattern => pattern.StartsWith('!') && IsMatch(pattern[1..], name)));
    }

    private static bool IsMatch(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The format of the file says so; it hides names and proves nothing.")]
    private static bool IsHashOf(string pattern, string name)
    {
        string[] parts = pattern.Split('|');
        byte[] salt = new byte[HMACSHA1.HashSizeInBytes];
        byte[] hash = new byte[HMACSHA1.HashSizeInBytes];
        return parts.Length == 4 && Convert.TryFromBase64String(parts[2], salt, out _) && Convert.TryFromBase64String(parts[3], hash, out _)
            && HMACSHA1.HashData(salt, Encoding.UTF8.GetBytes(name.ToLowerInvariant())).AsSpan().SequenceEqual(hash);
    }
}
