using System.Globalization;
using System.Text;

namespace Balsam;

/// <summary>The rule for paths in a workdir that transfers name: relative, and inside it on every file system.</summary>
internal static class LocalPaths
{
    /// <summary>The workdir itself.</summary>
    public const string Workdir = ".";

    /// <summary>Says what is wrong with a path; null when nothing is.</summary>
    public static string? Problem(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return "is empty; name a file or directory in the workdir, or '.' for the workdir itself";
        }

        if (path == Workdir)
        {
            return null;
        }

        if (path.Length > SubmissionLimits.WorkdirLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has {path.Length} characters; {SubmissionLimits.WorkdirLength} are allowed");
        }

        if (path.Any(c => char.IsControl(c) || c == '\\') || !SoundText.IsSound(path))
        {
            return "holds a control character, a backslash, or half a surrogate pair; separate its parts with '/'";
        }

        string[] names = path.Split('/');
        return path[0] == '/' || (path.Length > 1 && path[1] == ':') ? $"'{path}' is absolute; it must be relative to the workdir"
            : names.Any(name => name is "" or "." or "..") ? $"'{path}' holds an empty name, '.' or '..'; name a place inside the workdir directly"
            : names.Any(name => Encoding.UTF8.GetByteCount(name) > SubmissionLimits.WorkdirNameLength)
                ? string.Create(CultureInfo.InvariantCulture, $"holds a name longer than {SubmissionLimits.WorkdirNameLength} bytes")
            : null;
    }
}
