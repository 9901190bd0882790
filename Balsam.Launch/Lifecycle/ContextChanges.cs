using Balsam.Storage;

namespace Balsam.Launch.Lifecycle;

/// <summary>What a hook or function leaves beside its outcome, to be stored with it.</summary>
/// <param name="Seen">The job as the hook or function saw it.</param>
/// <param name="Data">The job's data as it left them.</param>
/// <param name="Tags">The job's tags as it left them.</param>
/// <param name="Additions">The jobs that it submitted.</param>
/// <param name="Links">The parents that it gave to jobs that wait.</param>
internal sealed record ContextChanges(
    Job Seen, JobData Data, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<JobAddition> Additions, IReadOnlyList<JobLink> Links)
{
    /// <summary>Whether a commit was refused for what was submitted, so that trying again is in vain.</summary>
    public bool AreRefusedBy(BalsamException refusal) => Additions.Count + Links.Count > 0 && refusal is not (JobConcurrencyException or LeaseLostException);

    /// <summary>Edits data and tags. What somebody else set meanwhile stays, unless it was set here too.</summary>
    public void Edit(JobChange change, DateTimeOffset now)
    {
        Job job = change.After;
        JobData data = job.Data.WithChanges(Seen.Data, Data);
        Dictionary<string, string> tags = Merge(job.Tags);
        if (!data.Equals(job.Data) || !Same(tags, job.Tags))
        {
            change.Edit(fields => fields with { Data = data, Tags = tags }, now);
        }
    }

    private Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> latest)
    {
        var merged = new Dictionary<string, string>(latest, StringComparer.Ordinal);
        foreach (string key in Seen.Tags.Keys.Where(key => !Tags.ContainsKey(key)))
        {
            merged.Remove(key);
        }

        foreach ((string key, string value) in Tags.Where(tag => Seen.Tags.GetValueOrDefault(tag.Key) != tag.Value))
        {
            merged[key] = value;
        }

        return merged;
    }

    private static bool Same(Dictionary<string, string> tags, IReadOnlyDictionary<string, string> others) =>
        tags.Count == others.Count && tags.All(tag => others.GetValueOrDefault(tag.Key) == tag.Value);
}
