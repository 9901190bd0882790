using Microsoft.Extensions.Logging;

namespace Balsam.Launch.StopHost;

/// <summary>Writes the id of each of the launcher's messages as a line.</summary>
public sealed class LineLog : ILoggerProvider, ILogger
{
    private const int FirstId = 2000;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id >= FirstId)
        {
            Console.WriteLine($"log {eventId.Id} {formatter(state, exception)}");
        }
    }

    public void Dispose()
    {
    }
}
