namespace Balsam.Testing;

/// <content>Stopping, killing and starting launchers.</content>
public sealed partial class BalsamTestHost
{
    /// <summary>Starts a launcher, after <see cref="StopLauncherAsync"/> or <see cref="KillLauncherAsync"/>: with services of its own, as another process would.</summary>
    /// <param name="configure">Changes the launcher's options, for example its nodes (<c>options.Nodes.Clear()</c>); null to leave them.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>A task that ends when jobs can run.</returns>
    /// <exception cref="InvalidOperationException">A launcher runs.</exception>
    public async Task StartLauncherAsync(Action<LauncherOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        if (_driver.Launcher is { Conductor.IsEnded: false })
        {
            throw new InvalidOperationException("A launcher runs. Call StopLauncherAsync or KillLauncherAsync first.");
        }

        if (_last is not null)
        {
            await _last.DisposeAsync().ConfigureAwait(false);
        }

        var next = Incarnation.Make(_common, _clock, _store, _scripts, _options, launcher =>
        {
            SetNodes(launcher);
            configure?.Invoke(launcher);
        });
        _last = next;
        await next.StartAsync(cancellationToken).ConfigureAwait(false);
        _driver.Launcher = next;
    }

    /// <summary>Stops the launcher in good order; the virtual time that this takes passes.</summary>
    /// <param name="drain">How long what runs may go on; null for <see cref="LauncherOptions.DrainTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels it between two steps.</param>
    /// <returns>A task that ends when everything is recorded.</returns>
    /// <exception cref="InvalidOperationException">No launcher runs.</exception>
    /// <exception cref="BalsamException">The launcher failed.</exception>
    public async Task StopLauncherAsync(TimeSpan? drain = null, CancellationToken cancellationToken = default)
    {
        Incarnation launcher = DemandLauncher();
        Task stopped = launcher.Launcher.StopAsync(drain, cancellationToken);
        await _driver.RunAsync(() => launcher.Conductor.IsEnded, cancellationToken).ConfigureAwait(false);
        await stopped.ConfigureAwait(false);
        await launcher.EndAsync().ConfigureAwait(false);
        _driver.Launcher = null;
    }

    /// <summary>Ends the launcher as <c>kill -9</c> ends its process, with all that it runs: nothing is recorded, and its lease stays until it runs out.</summary>
    /// <param name="cancellationToken">Cancels what has to come to rest before.</param>
    /// <returns>A task that ends when it is gone. Time has not passed.</returns>
    /// <exception cref="InvalidOperationException">No launcher runs.</exception>
    public async Task KillLauncherAsync(CancellationToken cancellationToken = default)
    {
        Incarnation launcher = DemandLauncher();
        await _driver.AdvanceAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        _driver.Launcher = null;
        launcher.Kill();
    }

    private Incarnation DemandLauncher() =>
        _driver.Launcher is { Conductor.IsEnded: false } launcher ? launcher : throw new InvalidOperationException("No launcher runs. Call StartLauncherAsync first.");
}
