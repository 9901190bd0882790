namespace Balsam;

/// <summary>Jobs above or below another, to be looked up when a query runs.</summary>
internal readonly record struct Kinship(JobId Job, bool Below)
{
    public string Singular => Below ? "descendant" : "parent";

    public string Plural => Singular + "s";
}
