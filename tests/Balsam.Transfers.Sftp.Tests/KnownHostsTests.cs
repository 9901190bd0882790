namespace Balsam.Transfers.Sftp.Tests;

/// <summary>Files of known hosts, as OpenSSH writes them.</summary>
internal sealed class KnownHostsTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfw1lF5bJqOXeDbRdMFnJ1BrUY1qoNUr7nEbQO4VsHT";

    [TestCase("laptop", "laptop", 22)]
    [TestCase("Laptop", "laptop", 22)]
    [TestCase("other,laptop,third", "laptop", 22)]
    [TestCase("*.example.org", "a.example.org", 22)]
    [TestCase("node?", "node7", 22)]
    [TestCase("[laptop]:2222", "laptop", 2222)]
    [TestCase("laptop", "laptop", 2222)]
    [TestCase("@revoked laptop", "laptop", 22)]
    public void Find_NameMatches_HasTheKey(string names, string host, int port) => Assert.That(KnownHosts.Find([$"{names} {Key} a comment"], host, port), Has.Count.EqualTo(1));

    [TestCase("laptop", "desktop", 22)]
    [TestCase("[laptop]:2222", "laptop", 22)]
    [TestCase("[laptop]:2222", "laptop", 2223)]
    [TestCase("*.example.org,!bad.example.org", "bad.example.org", 22)]
    [TestCase("#laptop", "laptop", 22)]
    [TestCase("@cert-authority laptop", "laptop", 22)]
    public void Find_NameDoesNotMatch_HasNothing(string names, string host, int port) => Assert.That(KnownHosts.Find([$"{names} {Key}"], host, port), Is.Empty);

    // Written by ssh-keygen -H.
    [TestCase("laptop", 22, 1)]
    [TestCase("desktop", 22, 0)]
    public void Find_HashedName_IsFoundByItsHash(string host, int port, int count) => Assert.That(KnownHosts.Find([$"|1|bmyZL5I7HsPgK/jmeK7d3Ci+AVU=|Grhyc18VhKq12ISc4EssUrG6BIg= {Key}"], host, port), Has.Count.EqualTo(count));

    [TestCase("")]
    [TestCase("laptop")]
    [TestCase("laptop ssh-ed25519")]
    [TestCase("laptop ssh-ed25519 no=base64!")]
    [TestCase("|1|broken laptop ssh-ed25519 AAAA")]
    public void Find_BrokenLine_IsPassedOver(string line) => Assert.That(KnownHosts.Find([line, $"laptop {Key}"], "laptop", 22), Has.Count.EqualTo(1));
}
