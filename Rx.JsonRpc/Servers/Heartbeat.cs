using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// Watches over one connection: when nothing has been heard for a while it sends one call, and when nothing is heard of that either it
/// says that the peer is dead. One timer, which whatever is heard leaves alone; it looks at the time when it fires.
/// </summary>
internal sealed class Heartbeat
{
    /// <summary>
    /// An id that the pending table never gives out. So a probe takes no place from a request, a server that is full can still be probed,
    /// and an answer that comes late is known for what it is.
    /// </summary>
    public const long ProbeId = 1;

    private readonly HeartbeatOptions _options;
    private readonly ServerConnection _connection;
    private readonly IScheduler _clock;
    private readonly IStopwatch _stopwatch;
    private readonly Action<TimeSpan> _dead;
    private readonly SerialDisposable _timer = new();
    private volatile bool _probing;
    private volatile bool _lookedAgain;
    private readonly TimeSpan _begun;
    private TimeSpan _due;

    /// <param name="options">How often, and how long.</param>
    /// <param name="connection">The connection; its reading has not begun.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="stopwatch">What the connection measures by when it was heard last.</param>
    /// <param name="dead">Called at most once, on the clock's thread, with how long nothing was heard.</param>
    public Heartbeat(HeartbeatOptions options, ServerConnection connection, IScheduler clock, IStopwatch stopwatch, Action<TimeSpan> dead)
    {
        _options = options;
        _connection = connection;
        _clock = clock;
        _dead = dead;
        _stopwatch = stopwatch;
        _begun = stopwatch.Elapsed;
        Wait(options.Interval);
    }

    /// <summary>Nothing is sent or told any more.</summary>
    public void Stop() => _timer.Dispose();

    /// <summary>Bytes came.</summary>
    public void Hear()
    {
        _probing = false;
        _lookedAgain = false;
    }

    /// <summary>Whether bytes have come that are not read yet, or this look is so late that they may be on their way through the client.</summary>
    private bool IsClientLate() =>
        _connection.Frames.Read < _connection.Frames.Received || _stopwatch.Elapsed - _due > LastLook.MostTolerance;

    private void Wait(TimeSpan due)
    {
        _due = _stopwatch.Elapsed.PlusCapped(due);
        _timer.Disposable = _clock.After(due, this, static self => self.Look());
    }

    private void Look()
    {
        if (_timer.IsDisposed) return;
        TimeSpan silence = _stopwatch.Elapsed - (_connection.HeardAt > _begun ? _connection.HeardAt : _begun);
        if (_probing && !_lookedAgain && IsClientLate())
        {
            _lookedAgain = true;
            Wait(_options.Timeout);
        }
        else if (_probing)
        {
            _dead(silence);
        }
        else if (silence < _options.Interval)
        {
            Wait(_options.Interval - silence);
        }
        else
        {
            _probing = true;
            Probe();
            Wait(_options.Timeout);
        }
    }

    private void Probe()
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        RequestWriter.WriteRequest<RawJson>(
            buffer, _options.Method, MethodName.RequestPrefix(_options.Method), ProbeId, default, null, SystemTextJsonSerializer.Instance, int.MaxValue);
        // When the queue is full there is no need for another byte: who takes none and says nothing is dead too.
        _connection.CountOther();
        _connection.Frames.TrySend(buffer.Complete(), null);
        FrameBuffer.Return(buffer);
    }
}
