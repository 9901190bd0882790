namespace Balsam;

/// <summary>What of a job a predicate can ask.</summary>
internal enum SubjectKind
{
    Id,
    State,
    Application,
    Site,
    Workdir,
    Key,
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
