using System.Globalization;
using Balsam.Launch.Running;

namespace Balsam.Launch.Lifecycle;

/// <summary>What a command finds in its environment beside the launcher's own variables.</summary>
internal sealed class RunEnvironment(string marker, SessionId session, IReadOnlyList<NodeSpec> nodes, SecretKeeper secrets)
{
    /// <summary>The variable by which a later launcher finds the processes of an earlier one.</summary>
    public const string MarkerVariable = "BALSAM_LAUNCHER";

    /// <summary>The variable that names the session of the launcher that started a process.</summary>
    public const string SessionVariable = "BALSAM_SESSION";

    private readonly string _session = session.ToString();
    private readonly HashSet<string> _withGpus = [.. nodes.Where(node => !node.GpuIds.IsEmpty).Select(node => node.Name)];

    /// <summary>What the processes of a job's run are known by if they empty their environment.</summary>
    public ulong MarkOf(Job job) => RunMark.Of(session, job.Id.Value);

    /// <summary>The variables of the job's next run.</summary>
    /// <exception cref="BalsamException">A secret of the application has no value now.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> For(Job job, ApplicationDescriptor application, Placement placement)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        List<KeyValuePair<string, string>> variables =
        [
            .. application.EnvironmentVariables,
            .. secrets.For(application),
            new("BALSAM_JOB_ID", job.Id.ToString()),
            new("BALSAM_ATTEMPT", (job.Attempt + 1).ToString(culture)),
            new("BALSAM_NODES", string.Join(',', placement.Shares.Select(share => share.Node))),
            new("BALSAM_RANKS_PER_NODE", job.Resources.RanksPerNode.ToString(culture)),
            new("OMP_NUM_THREADS", job.Resources.ThreadsPerRank.ToString(culture)),
            new(MarkerVariable, marker),
            new(SessionVariable, _session),
        ];
        if (placement.Shares is [var first, ..] && _withGpus.Contains(first.Node))
        {
            variables.Add(new("CUDA_DEVICE_ORDER", "PCI_BUS_ID"));
            variables.Add(new("CUDA_VISIBLE_DEVICES", string.Join(',', first.GpuIds)));
        }

        return variables;
    }
}
