using System.Globalization;

namespace Balsam;

/// <summary>Something worth knowing before a submit, which is not refused for it.</summary>
/// <param name="Index">The job's place in the call, from 0; for what concerns several, the first's.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Job">The job in words: application and workdir.</param>
/// <param name="Message">What it is in words, and what to do.</param>
public sealed record SubmitWarning(int Index, SubmitWarningKind Kind, string Job, string Message)
{
    /// <summary>Writes the warning on one line.</summary>
    /// <returns>For example <c>[3] Relax in study/3: job 17 has the workdir 'study/3' already …</c></returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Index}] {Job}: {Message}");
}
