namespace Balsam;

/// <summary>The jobs of one submit, checked and ready for the store.</summary>
internal sealed record SubmissionPlan(
    IReadOnlyList<NewJob> Jobs, IReadOnlyList<JobAddition> Additions, IReadOnlyList<SubmitProblem> Problems, IReadOnlyDictionary<SiteName, IReadOnlyList<NodeSpec>> Nodes);
