using System.Globalization;
using System.Text;

namespace Balsam;

/// <summary>The rule for workdirs: relative, normalised, inside the data directory on every file system.</summary>
internal static class Workdirs
{
    /// <summary>Checks a workdir.</summary>
    /// <returns>What is wrong, or null; the normalised form comes out beside it.</returns>
    public static string? Problem(string workdir, out string normalised)
    {
        normalised = workdir;
        if (workdir.Length == 0)
        {
            return "the workdir is empty; leave it out for a default";
        }

        if (workdir.Length > SubmissionLimits.WorkdirLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the workdir has {workdir.Length} characters, {SubmissionLimits.WorkdirLength} are allowed");
        }

        if (workdir[0] is '/' or '\\' || (workdir.Length > 1 && workdir[1] == ':'))
        {
            return $"the workdir '{workdir}' is absolute; it must be relative to the site's data directory";
        }

        if (workdir.Any(c => char.IsControl(c) || c == '\\'))
        {
            return "the workdir holds a control character or a backslash; separate its parts with '/'";
        }

        string[] names = workdir.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names)
        {
            if (name is "." or "..")
            {
                return $"the workdir '{workdir}' holds '{name}'; it must name a place inside the data directory directly";
            }

            if (!IsUnicode(name) || Encoding.UTF8.GetByteCount(name) > SubmissionLimits.WorkdirNameLength)
            {
                return string.Create(CultureInfo.InvariantCulture, $"a name in the workdir is not valid Unicode or longer than {SubmissionLimits.WorkdirNameLength} bytes");
            }
        }

        normalised = string.Join('/', names);
        return names.Length == 0 ? "the workdir is empty; leave it out for a default" : null;
    }

    internal static bool IsUnicode(string text) => SoundText.IsSound(text);
}
