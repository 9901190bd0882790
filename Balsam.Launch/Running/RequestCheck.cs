namespace Balsam.Launch.Running;

/// <summary>Refuses requests that no operating system could fulfil, before anything is touched.</summary>
internal static class RequestCheck
{
    /// <summary>Names the first thing that is wrong.</summary>
    public static StartFailure? Find(RunRequest request)
    {
        if (string.IsNullOrEmpty(request.FileName))
        {
            return Refuse("The job names no program. Give it a command.");
        }

        if (request.FileName.Contains('\0', StringComparison.Ordinal))
        {
            return Refuse("The program's name contains a NUL character, which no program can receive. Remove it.");
        }

        if (!Path.IsPathFullyQualified(request.Workdir) || request.Workdir.Contains('\0', StringComparison.Ordinal))
        {
            return Refuse($"The working directory '{request.Workdir}' is not an absolute path. Give one that starts at the root.");
        }

        if (request.OutputPath is "" or "." or ".." || request.OutputPath.AsSpan().ContainsAny('/', '\0'))
        {
            return Refuse($"The output file '{request.OutputPath}' is not a plain file name. Give a name inside the working directory.");
        }

        for (int i = 0; i < request.Arguments.Count; i++)
        {
            if (request.Arguments[i].Contains('\0', StringComparison.Ordinal))
            {
                return Refuse($"Argument {i + 1} of '{request.FileName}' contains a NUL character, which no program can receive. Remove it.");
            }
        }

        for (int i = 0; i < request.Environment.Count; i++)
        {
            (string name, string value) = request.Environment[i];
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value.Contains('\0', StringComparison.Ordinal))
            {
                return Refuse($"The environment variable '{name}' cannot be set: a name is not empty and has no '=', and neither part has a NUL character.");
            }
        }

        return null;
    }

    private static StartFailure Refuse(string message) => new(0, message);
}
