using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Balsam.Launch.Lifecycle;

/// <summary>A log in <c>balsam.log</c> of a workdir. The file is opened with the first line, and gets no secrets.</summary>
internal sealed class WorkdirLog(SiteDirectory site, string workdir, string heading, SecretKeeper secrets, TimeProvider time) : ILogger, IDisposable
{
    private readonly Lock _gate = new();
    private StreamWriter? _writer;
    private bool _closed;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string text = formatter(state, exception);
        Write(logLevel, exception is null ? text : text + Environment.NewLine + exception);
    }

    /// <summary>Writes a line with the instant and a level.</summary>
    public void Write(LogLevel level, string text) => Write(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {level}: {text}"));

    /// <summary>Writes a line; a log that cannot be written does not fail a hook.</summary>
    public void Write(string line)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            try
            {
                if (_writer is null)
                {
                    _writer = new StreamWriter(site.OpenLog(workdir)) { AutoFlush = true };
                    _writer.WriteLine(heading);
                }

                _writer.WriteLine(secrets.Mask(line));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _closed = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _writer?.Dispose();
        }
    }
}
