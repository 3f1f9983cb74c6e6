using System.Globalization;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// How long one peer has sent nothing. Ends the connection of a peer that is silent for too long, if the options say so. The time is looked
/// at when the scheduler calls, not at each read.
/// </summary>
internal sealed class PeerSilence : IDisposable
{
    // Real timers count whole milliseconds: they may call a little too early.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly ListenerServices _services;
    private readonly Func<bool> _isIdle;
    private readonly Action<string> _end;
    private readonly TimeSpan _startedAt;
    private readonly SerialDisposable _timer = new();
    private long _heardAt;
    private volatile bool _hasSpoken;

    /// <param name="services">Clock and options.</param>
    /// <param name="isIdle">Whether no call is in flight.</param>
    /// <param name="end">Ends the connection; takes the reason.</param>
    public PeerSilence(ListenerServices services, Func<bool> isIdle, Action<string> end)
    {
        _services = services;
        _isIdle = isIdle;
        _end = end;
        _startedAt = services.Watch.Elapsed;
        _heardAt = _startedAt.Ticks;
    }

    /// <summary>When bytes came last, by the listener's watch.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Bytes have come.</summary>
    public void Hear() => Volatile.Write(ref _heardAt, _services.Watch.Elapsed.Ticks);

    /// <summary>A whole frame has come.</summary>
    public void Speak()
    {
        if (!_hasSpoken) _hasSpoken = true;
    }

    public void Begin()
    {
        if (_services.Options.FirstFrameTimeout is not null || _services.Options.IdleTimeout is not null) Look();
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        TimeSpan now = _services.Watch.Elapsed;
        TimeSpan wait = TimeSpan.MaxValue;
        if (!_hasSpoken && _services.Options.FirstFrameTimeout is { } first)
        {
            wait = first - (now - _startedAt);
            if (wait <= TimeSpan.Zero)
            {
                _end(Text("no frame came within", first, nameof(JsonRpcListenerOptions.FirstFrameTimeout)));
                return;
            }
        }
        if (_services.Options.IdleTimeout is { } idle)
        {
            // With a call in flight it is the peer that waits: its silence begins anew at this look.
            if (!_isIdle()) Hear();
            TimeSpan left = idle - (now - TimeSpan.FromTicks(HeardAt));
            if (left <= TimeSpan.Zero)
            {
                _end(Text("the peer sent nothing for", idle, nameof(JsonRpcListenerOptions.IdleTimeout)));
                return;
            }
            if (left < wait) wait = left;
        }
        _timer.Disposable = _services.Clock.After(wait < ShortestWait ? ShortestWait : wait, this, static self => self.Look());
    }

    private static string Text(string what, TimeSpan limit, string option) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {limit.TotalSeconds:0.###} s ({option})");
}
