namespace Balsam.Hostile.Host;

/// <summary>A command that prints its secret, fails, and is tried again; the last attempt waits for the launcher's death.</summary>
public sealed class Teller : ApplicationDefinition
{
    /// <summary>What the last lines hold beside the secret, so that a reader of the store finds them.</summary>
    public const string Trace = "trace-of-the-teller";

    public override CommandTemplate Command => """
        printf '%s with %s\n' {{ trace }} "$TELLER_TOKEN"
        echo "$TELLER_KEY" >&2
        touch made-by-the-program
        if [ "$BALSAM_ATTEMPT" = 2 ]; then echo ready > {{ pipe }}; exec sleep 1000; fi
        exit 3
        """;

    public override IReadOnlyDictionary<string, string> SecretVariables => new Dictionary<string, string> { ["TELLER_TOKEN"] = Secrets.Token, ["TELLER_KEY"] = Secrets.Key };

    public override RetryPolicy Retry => new(4);
}
