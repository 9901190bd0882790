namespace Balsam;

/// <summary>Which JSON of a job is meant.</summary>
public enum JsonSource
{
    /// <summary>The user's data.</summary>
    Data = 0,

    /// <summary>The application's parameters.</summary>
    Parameters = 1,
}
