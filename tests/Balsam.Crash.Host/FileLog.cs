using Microsoft.Extensions.Logging;

namespace Balsam.Crash;

/// <summary>What the hosts of a campaign have to say, in one file.</summary>
internal sealed class FileLog(string path) : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (_gate)
            {
                File.AppendAllText(path, $"{Environment.ProcessId} {logLevel} {formatter(state, exception)} {exception}\n");
            }
        }
    }

    public void Dispose()
    {
    }
}
