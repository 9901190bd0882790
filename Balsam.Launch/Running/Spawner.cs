namespace Balsam.Launch.Running;

/// <summary>Turns a request into a process. Belongs to one thread.</summary>
/// <remarks>
/// The output file is opened here rather than in the child, so that its errors and those of the program are told apart. Children keep the
/// launcher's limit on open files, which .NET has raised to the hard one: lowering it around a start would make other threads of the launcher
/// fail, and changing it from outside afterwards comes too late for the child. A job that minds says <c>ulimit -Sn 1024</c> in its preamble.
/// </remarks>
internal sealed unsafe class Spawner : IDisposable
{
    private const string Shell = "/bin/sh";
    private const int ActionsSize = 256;
    private const int BusyRetries = 10;
    private const int BusyPauseMilliseconds = 2;

    private readonly NativeStrings _strings = new();
    private readonly SpawnAttributes _attributes = new(SpawnAttributes.HasTerminal());
    private readonly EnvironmentBlock _environment;
    private readonly ProgramResolver _programs = new();
    private readonly RunMarker _marker;
    private readonly IReadOnlyList<int> _ownCores = CoreAffinity.Get(0);
    private readonly KeyValuePair<string, string>[] _firstVariables = new KeyValuePair<string, string>[2];
    private readonly int _null;

    // What a child has from its first instant on, by inheritance. What else this process starts in that instant has it too, so it names no run.
    private ulong? _sessionMark;

    public Spawner(RunMarker marker)
    {
        _marker = marker;
        _environment = new EnvironmentBlock(EnvironmentBlock.OfThisProcess().Where(variable => variable.Key != "OLDPWD"));
        fixed (byte* device = "/dev/null\0"u8)
        {
            _null = LibC.Open(device, LibC.OpenReadOnly | LibC.OpenCloseOnExec, 0);
        }
    }

    /// <summary>Starts the process.</summary>
    /// <returns>Its id, or 0 with the reason.</returns>
    public int Start(RunRequest request, out StartFailure? failure)
    {
        failure = RequestCheck.Find(request);
        if (failure is not null)
        {
            return 0;
        }

        _strings.Clear();
        int directory = Workspace.Open(request, out failure);
        if (directory < 0)
        {
            return 0;
        }

        try
        {
            return Start(request, directory, out failure);
        }
        finally
        {
            _ = LibC.Close(directory);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = LibC.Close(_null);
        _environment.Dispose();
        _attributes.Dispose();
        _strings.Dispose();
    }

    private int Start(RunRequest request, int directory, out StartFailure? failure)
    {
        string? searchPath = _environment.Find("PATH", request.Environment);
        string? program = _programs.Resolve(request.FileName, request.Workdir, searchPath, out failure);
        if (program is null)
        {
            return 0;
        }

        int outputFd = Workspace.OpenOutput(request, directory, out failure);
        if (outputFd < 0)
        {
            return 0;
        }

        int pid = 0;
        int errno = Spawn(request, ref program, searchPath, directory, outputFd, &pid);
        _ = LibC.Close(outputFd);
        if (errno == 0)
        {
            if (request.Mark is { } mark)
            {
                _ = LibC.LimitRealtime(pid, mark);
            }

            return pid;
        }

        _ = LibC.UnlinkAt(directory, request.OutputPath, 0);
        failure = StartDiagnosis.Explain(errno, request.FileName, program, request.Workdir);
        return 0;
    }

    private int Spawn(RunRequest request, ref string program, string? searchPath, int directory, int outputFd, int* pid)
    {
        _sessionMark = request.Mark is { } mark ? RunMark.OfSession(mark) : null;
        byte** argv = Arguments(request);
        _firstVariables[0] = new KeyValuePair<string, string>("PWD", request.Workdir);
        _firstVariables[1] = new KeyValuePair<string, string>(RunMarker.Variable, _marker.ValueOf(request.RunId));
        byte** envp = _environment.Build(_strings, _firstVariables, request.Environment);

        byte* actions = stackalloc byte[ActionsSize];
        _ = LibC.InitActions(actions);
        bool bound = request.CpuAffinity is { Count: > 0 } cores && CoreAffinity.TrySet(cores);
        try
        {
            // The directory and the output first: when the launcher itself runs without descriptor 0, 1 or 2, they may have taken that number.
            int errno = LibC.AddFchdir(actions, directory);
            errno = errno != 0 ? errno : LibC.AddDup2(actions, outputFd, 1);
            errno = errno != 0 ? errno : LibC.AddDup2(actions, 1, 2);
            errno = errno != 0 ? errno : LibC.AddDup2(actions, _null, 0);
            if (errno != 0)
            {
                return errno;
            }

            errno = SpawnPatiently(program, actions, argv, envp, pid);
            if (errno == Errno.NoEntry && !ReferenceEquals(program, request.FileName) && !request.FileName.Contains('/', StringComparison.Ordinal))
            {
                _programs.Forget(request.FileName, searchPath);
                if (_programs.Resolve(request.FileName, request.Workdir, searchPath, out _) is { } moved)
                {
                    program = moved;
                    errno = SpawnPatiently(program, actions, argv, envp, pid);
                }
            }

            return errno == Errno.ExecFormat && StartDiagnosis.LooksLikeScript(program)
                ? SpawnPatiently(Shell, actions, ShellArguments(argv, request.Arguments.Count, program), envp, pid)
                : errno;
        }
        finally
        {
            _ = LibC.DestroyActions(actions);
            if (bound)
            {
                _ = CoreAffinity.TrySet(_ownCores);
            }
        }
    }

    // A program that has just been written is "busy" while a process that another thread is starting still holds the writer's descriptor.
    private int SpawnPatiently(string program, byte* actions, byte** argv, byte** envp, int* pid)
    {
        ulong? before = _sessionMark is { } mark ? LibC.LimitRealtime(0, mark) : null;
        try
        {
            return SpawnPatiently(_strings.Add(program), actions, argv, envp, pid);
        }
        finally
        {
            if (before is { } limit)
            {
                _ = LibC.LimitRealtime(0, limit);
            }
        }
    }

    private int SpawnPatiently(byte* path, byte* actions, byte** argv, byte** envp, int* pid)
    {
        int errno = LibC.Spawn(pid, path, actions, _attributes.Pointer, argv, envp);
        for (int i = 0; i < BusyRetries && errno == Errno.TextBusy; i++)
        {
            LibC.Pause(BusyPauseMilliseconds);
            errno = LibC.Spawn(pid, path, actions, _attributes.Pointer, argv, envp);
        }

        return errno;
    }

    private byte** Arguments(RunRequest request)
    {
        int count = request.Arguments.Count;
        byte** argv = _strings.AddTable(count + 2);
        argv[0] = _strings.Add(request.FileName);
        for (int i = 0; i < count; i++)
        {
            argv[i + 1] = _strings.Add(request.Arguments[i]);
        }

        argv[count + 1] = null;
        return argv;
    }

    // As a shell does with a script that has no "#!" line: sh script arguments…
    private byte** ShellArguments(byte** argv, int count, string program)
    {
        byte** shell = _strings.AddTable(count + 3);
        shell[0] = _strings.Add("sh");
        shell[1] = _strings.Add(program);
        for (int i = 1; i <= count + 1; i++)
        {
            shell[i + 1] = argv[i];
        }

        return shell;
    }
}
