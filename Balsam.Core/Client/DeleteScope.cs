namespace Balsam;

/// <summary>Which jobs a delete takes besides those that it names.</summary>
public enum DeleteScope
{
    /// <summary>None: a job for which a child waits that is not named is kept.</summary>
    OnlyThese = 1,

    /// <summary>Everything below them: their children, the children of these, and so on, ended or not.</summary>
    WithDescendants = 2,
}
