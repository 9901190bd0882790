namespace Balsam.Transfers.Sftp.Tests;

/// <summary>Secrets that a test knows.</summary>
internal sealed class Secrets(params (string Name, string Value)[] known) : ISecretSource
{
    public string? Find(string name) => Array.Find(known, secret => secret.Name == name).Value;
}
