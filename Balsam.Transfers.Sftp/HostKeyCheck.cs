using System.Globalization;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Balsam.Transfers.Sftp;

/// <summary>Decides whether a host is the one that was meant. Nobody is asked, and nothing is learned: a host that is not known is refused.</summary>
internal sealed class HostKeyCheck
{
    private readonly SftpEndpoint _endpoint;
    private readonly string _knownHostsFile;
    private readonly IReadOnlyCollection<string> _fingerprints;
    private readonly IReadOnlyList<KnownHostKey> _known;

    /// <summary>Reads what is known of the host.</summary>
    /// <exception cref="IOException">The file of known hosts cannot be read.</exception>
    public HostKeyCheck(SftpEndpoint endpoint, string knownHostsFile, IReadOnlyCollection<string> fingerprints)
    {
        _endpoint = endpoint;
        _knownHostsFile = knownHostsFile;
        _fingerprints = fingerprints;
        _known = fingerprints.Count == 0 && File.Exists(knownHostsFile) ? KnownHosts.Find(File.ReadLines(knownHostsFile), endpoint.Host, endpoint.Port) : [];
    }

    /// <summary>Why the host was refused; null when it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Asks the host for a key of a type that is known, else for any; never for one that an authority has signed, which nothing here could check.</summary>
    public void Narrow(ConnectionInfo connection)
    {
        HashSet<string> types = [.. _known.Where(key => !key.IsRevoked).SelectMany(key => key.Type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : new[] { key.Type })];
        bool isAnyKnown = connection.HostKeyAlgorithms.Keys.Any(types.Contains);
        foreach (string type in connection.HostKeyAlgorithms.Keys.Where(type => type.Contains("-cert-", StringComparison.Ordinal) || (isAnyKnown && !types.Contains(type))).ToArray())
        {
            connection.HostKeyAlgorithms.Remove(type);
        }
    }

    public void Decide(HostKeyEventArgs shown)
    {
        Refusal = FindRefusal(shown.HostKeyName, shown.HostKey);
        shown.CanTrust = Refusal is null;
    }

    private string? FindRefusal(string type, byte[] key)
    {
        string fingerprint = HostKeyFingerprint.Of(key);
        string shows = $"The host of {_endpoint} shows the key {fingerprint} ({type})";
        KnownHostKey? known = _known.FirstOrDefault(known => known.Key.AsSpan().SequenceEqual(key));
        if (known is { IsRevoked: true })
        {
            return $"{shows}, which {_knownHostsFile} has revoked. Give the host a new key.";
        }

        if (known is not null || _fingerprints.Contains(fingerprint, StringComparer.Ordinal))
        {
            return null;
        }

        string set = $"SftpOptions.Hosts[\"{_endpoint.Host}\"].HostKeys";
        return _fingerprints.Count > 0 || _known.Any(known => !known.IsRevoked)
            ? $"{shows}, and another one is expected: {string.Join(", ", Expected())}. Somebody may stand between, or the host has a new key. When whoever runs it confirms the new one, "
                + (_fingerprints.Count > 0 ? $"put it into {set}." : $"replace its line in {_knownHostsFile}.")
            : $"{shows}, which is not known. When whoever runs it confirms the key, add \"{fingerprint}\" to {set}, or the host to {_knownHostsFile} ({Scan()} >> {_knownHostsFile}).";
    }

    private IEnumerable<string> Expected() => _fingerprints.Count > 0 ? _fingerprints : _known.Where(known => !known.IsRevoked).Select(known => $"{HostKeyFingerprint.Of(known.Key)} ({known.Type})");

    private string Scan() => string.Create(CultureInfo.InvariantCulture, $"ssh-keyscan -p {_endpoint.Port} {_endpoint.Host}");
}
