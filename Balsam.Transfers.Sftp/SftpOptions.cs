namespace Balsam;

/// <summary>How hosts behind SFTP are reached. Read when the host starts: later edits do nothing.</summary>
public sealed class SftpOptions
{
    /// <summary>How to log in to a host: by <c>user@host</c>, else by <c>host</c>, as they stand in the location's address. Hosts that are not named here take <see cref="Defaults"/>.</summary>
    /// <value>Default: none.</value>
    public IDictionary<string, SftpHost> Hosts { get; } = new Dictionary<string, SftpHost>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How to log in to every other host.</summary>
    /// <value>Default: the account's keys in <c>~/.ssh</c> that need no passphrase.</value>
    public SftpHost Defaults { get; set; } = new();

    /// <summary>The file of the hosts that are trusted, as OpenSSH writes it; <c>~</c> is the account's home.</summary>
    /// <value>Default: <c>~/.ssh/known_hosts</c>.</value>
    public string KnownHostsFile { get; set; } = "~/.ssh/known_hosts";

    /// <summary>How long connecting and logging in may take.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the host may take to answer a request before the connection counts as lost.</summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often something is sent on a connection that is quiet, so that no router forgets it; zero for never.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);
}
