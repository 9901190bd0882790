using System.ComponentModel;
using Balsam;

namespace MapReduce;

[Description("Counts the words of one part; job.out has a line a word.")]
internal sealed class Count : ApplicationDefinition<Count.Parameters>
{
    public sealed record Parameters(string Part);

    public override CommandTemplate Command => "tr -cs '[:alpha:]' '[\\n*]' < {{ part }} | tr '[:upper:]' '[:lower:]' | grep . | sort | uniq -c";

    public override IReadOnlyDictionary<string, string> EnvironmentVariables => new Dictionary<string, string> { ["LC_ALL"] = "C" };
}
