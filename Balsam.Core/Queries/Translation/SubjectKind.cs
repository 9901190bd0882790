namespace Balsam;

/// <summary>What of a job a predicate can ask.</summary>
internal enum SubjectKind
{
    Id,
    State,
    Application,
    Site,
    Workdir,
    Tag,
    TagOrNull,
    Attempt,
    Priority,
    ReturnCode,
    ReturnCodeOrNull,
    HasReturnCode,
    LastUpdate,
    CreatedAt,
    Failure,
    FailureKind,
    IsPreprocessed,
    HasParents,
    HasNoParents,
    ParentCount,
    Json,
}
