namespace Balsam;

/// <summary>How a text is looked for in another; always by character codes, whatever the culture.</summary>
public enum TextMatch
{
    /// <summary>It is the whole text.</summary>
    Whole = 0,

    /// <summary>The text begins with it.</summary>
    Start = 1,

    /// <summary>The text ends with it.</summary>
    End = 2,

    /// <summary>It is somewhere in the text.</summary>
    Anywhere = 3,
}
