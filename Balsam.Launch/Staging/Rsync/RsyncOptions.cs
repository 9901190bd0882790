namespace Balsam;

/// <summary>How rsync is run. Read when the host starts: later edits do nothing.</summary>
public sealed class RsyncOptions
{
    /// <summary>The program.</summary>
    /// <value>Default: <c>rsync</c>, looked for on the search path.</value>
    public string Program { get; set; } = "rsync";

    /// <summary>What is handed to ssh besides what is always: no questions, no host that is not known. For example <c>-i</c> and the file of a key.</summary>
    /// <value>Default: none: the account's keys, agent, known hosts and <c>~/.ssh/config</c>.</value>
    public IList<string> SshArguments { get; } = [];

    /// <summary>How long connecting may take. Whole seconds.</summary>
    /// <value>Default: 30 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the other end may be silent before the transfer counts as lost. Whole seconds.</summary>
    /// <value>Default: 1 minute.</value>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
