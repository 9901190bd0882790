namespace Balsam.Testing;

/// <summary>Jobs in any state, for tests that call a hook or a function alone.</summary>
public static class TestJobs
{
    private static readonly DateTimeOffset At = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Makes a job that was submitted with some parameters: number 1, READY, in a workdir by the name of its application.</summary>
    /// <typeparam name="TApplication">The application.</typeparam>
    /// <param name="parameters">The parameters; null for none.</param>
    /// <param name="edit">Changes any field: <c>fields => fields with { State = JobState.RunError, Attempt = 2 }</c>; null for none.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ArgumentException">The edited fields are no job.</exception>
    public static Job Of<TApplication>(object? parameters = null, Func<JobSnapshot, JobSnapshot>? edit = null)
        where TApplication : ApplicationDefinition
    {
        var name = ApplicationName.Of(typeof(TApplication));
        var fields = new JobSnapshot
        {
            Id = new JobId(1),
            Version = 1,
            State = JobState.Ready,
            Application = name,
            Site = SiteName.Local,
            Workdir = name.ToString(),
            Parameters = parameters is null ? JobData.Empty : JobData.From(parameters),
            CreatedAt = At,
            LastUpdate = At,
        };
        return Job.Restore(edit?.Invoke(fields) ?? fields);
    }
}
