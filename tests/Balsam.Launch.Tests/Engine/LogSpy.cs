using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Tests.Engine;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogSpy : ILogger
{
    public ConcurrentQueue<(LogLevel Level, int Id, string Text, Exception? Exception)> Entries { get; } = new();

    /// <summary>Is called with the id of each entry, once that is kept.</summary>
    public Action<int> Logged { get; set; } = _ => { };

    /// <summary>Gives this to every category.</summary>
    public ILoggerProvider ToProvider() => new Provider(this);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Entries.Enqueue((logLevel, eventId.Id, formatter(state, exception), exception));
        Logged(eventId.Id);
    }

    private sealed class Provider(LogSpy spy) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => spy;

        public void Dispose()
        {
        }
    }
}
