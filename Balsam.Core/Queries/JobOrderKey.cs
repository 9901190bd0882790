namespace Balsam;

/// <summary>What decides a job's place in an order, without the job.</summary>
internal readonly record struct JobOrderKey(long Number, string? Text, JobId Id)
{
    public static JobOrderKey Of(Job job, JobField field) => field switch
    {
        JobField.LastUpdate => new(job.LastUpdate.UtcTicks, null, job.Id),
        JobField.State => new((long)job.State, null, job.Id),
        JobField.Workdir => new(0, job.Workdir, job.Id),
        JobField.Priority => new(job.Priority, null, job.Id),
        _ => new(job.Id.Value, null, job.Id),
    };

    public static int Compare(JobOrderKey left, JobOrderKey right, bool descending)
    {
        int order = left.Number != right.Number ? left.Number.CompareTo(right.Number) : string.CompareOrdinal(left.Text, right.Text);
        order = descending ? -order : order;
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }
}
