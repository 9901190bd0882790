namespace Balsam.Launch.Running;

/// <summary>Finds out before a run is recorded whether its program can be started at all.</summary>
internal sealed class StartCheck
{
    private readonly Lock _gate = new();
    private readonly ProgramResolver _programs = new();

    /// <summary>Names the reason why a request can never start; null when nothing speaks against it.</summary>
    public string? Find(RunRequest request)
    {
        if (RequestCheck.Find(request) is { } refused)
        {
            return refused.Message;
        }

        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        string? path = request.Environment.LastOrDefault(variable => variable.Key == "PATH").Value ?? Environment.GetEnvironmentVariable("PATH");
        lock (_gate)
        {
            if (_programs.Resolve(request.FileName, request.Workdir, path, out StartFailure? failure) is not { } file)
            {
                return failure!.Message;
            }

            if (LibC.MayExecute(file) && !Directory.Exists(file))
            {
                return null;
            }

            _programs.Forget(request.FileName, path);
            return File.Exists(file) || Directory.Exists(file)
                ? StartDiagnosis.NotExecutable(request.FileName, file).Message
                : $"The program '{request.FileName}' was not found: there is no file '{file}'. A relative path starts at the job's working directory; write the full path, or only the name of a program on the PATH.";
        }
    }
}
