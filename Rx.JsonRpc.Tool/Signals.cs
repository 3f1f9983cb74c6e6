using System.Runtime.InteropServices;

namespace Rx.JsonRpc.Tool;

/// <summary>
/// Turns Ctrl-C, SIGTERM and SIGHUP into a token, once; a second signal ends the process as it would have without us. A command that takes
/// SIGHUP itself is never ended by it.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    private readonly Hangups _hangups;
    private readonly bool _outlivesHangups;

    /// <param name="hangups">Where SIGHUP goes first.</param>
    /// <param name="outlivesHangups">Whether SIGHUP ends nothing, also while the command does not take it yet or any more.</param>
    public Signals(Hangups hangups, bool outlivesHangups)
    {
        _hangups = hangups;
        _outlivesHangups = outlivesHangups;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangup),
        ];
    }

    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void OnHangup(PosixSignalContext context)
    {
        if (_hangups.TryRaise() || _outlivesHangups) context.Cancel = true;
        else OnSignal(context);
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested) return;
        context.Cancel = true;
        _stop.Cancel();
    }
}
