namespace Balsam;

/// <summary>What a pattern of files in a workdir may look like: names with <c>*</c>, parted by <c>/</c>, and <c>**</c> for any number of directories.</summary>
internal static class FilePatternRules
{
    /// <summary>Says what is wrong with a pattern.</summary>
    /// <returns>The problem and what to write instead; null when nothing is wrong.</returns>
    public static string? Problem(string? pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
        {
            return "a pattern is empty; write one like '*.dat'";
        }

        if (pattern.Any(c => char.IsControl(c) || c == '\\') || !SoundText.IsSound(pattern))
        {
            return $"the pattern '{pattern}' holds a control character or a backslash; part names with '/'";
        }

        if (pattern.IndexOfAny(['?', '[', ']', '{', '}']) >= 0)
        {
            return $"the pattern '{pattern}' uses '?', '[]' or '{{}}', which patterns do not know; write '*'";
        }

        string[] names = pattern.Split('/');
        return pattern[0] == '/' || (pattern.Length > 1 && pattern[1] == ':') ? $"the pattern '{pattern}' is absolute; patterns begin at the job's workdir"
            : names.Any(name => name is "." or "..") ? $"the pattern '{pattern}' holds '.' or '..'; patterns name files inside the workdir directly"
            : names.Any(name => name.Length == 0) ? $"the pattern '{pattern}' holds an empty name; for everything in a directory write '{pattern.Trim('/')}/**'"
            : names.Any(name => name != "**" && name.Contains("**", StringComparison.Ordinal)) ? $"the pattern '{pattern}' joins '**' to other characters; '**' stands for directories, alone between two '/'"
            : null;
    }
}
