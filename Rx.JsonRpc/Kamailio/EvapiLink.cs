using System.IO.Pipelines;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// Keeps one connection to a Kamailio alive: connects, takes events until the connection ends, waits, connects again, for ever. As in the
/// client that is our own retry operator over an observable that connects when it is subscribed.
/// </summary>
internal sealed class EvapiLink
{
    private const string ClosedByUs = "the gateway was disposed";

    // The module writes an event as a whole: one that stands half written for so long has a Kamailio behind it that hangs, or that is gone.
    private static readonly TimeSpan FrameTimeout = TimeSpan.FromSeconds(30);

    private readonly EvapiSocket _socket;
    private readonly EvapiServices _services;
    private readonly SingleAssignmentDisposable _life = new();
    private readonly IStopwatch _stopwatch;
    private readonly AsyncSubject<Unit> _ended = new();
    private volatile EvapiConnection? _connection;
    private volatile Exception? _closing;

    public EvapiLink(EvapiSocket socket, EvapiServices services)
    {
        _socket = socket;
        _services = services;
        _stopwatch = services.Clock.StartStopwatch();
    }

    public void Start() =>
        _life.Disposable = Observable.Defer(Connect)
            .SelectMany(Serve)
            .RetryWithBackoff(-1, _services.Options.Reconnect, _services.Clock, MayReconnect, resetOnValue: true)
            .Subscribe(_ => { }, _ => SignalEnd());

    /// <summary>Bytes of answers that wait for the socket.</summary>
    public int QueuedBytes => _connection?.Frames.QueuedBytes ?? 0;

    /// <returns>Whether there is a Kamailio to be told.</returns>
    public bool TellLeaving() => _connection?.TellLeaving() ?? false;

    /// <summary>Resumes what waits as cancelled; the transactions' Kamailio hears of it if the connection stands.</summary>
    public void CancelAll() => _connection?.CancelAll();

    /// <summary>Ends the connection; the answers that wait for the socket may leave until the limit.</summary>
    public async Task CloseAsync(Exception why, TimeSpan limit)
    {
        _closing = why;
        Interlocked.MemoryBarrier();
        EvapiConnection? connection = _connection;
        if (connection is not null)
        {
            connection.CancelAll();
            connection.Frames.CompleteSending();
            await _ended.Within(limit, _services.Clock).Catch(Observable.Empty<Unit>()).LastOrDefaultAsync().ToTask().ConfigureAwait(false);
        }
        _life.Dispose();
        // Subscribing may not have returned yet: a peer that never pauses keeps it reading, and the link's life does not know it so far.
        connection?.Frames.Dispose();
        connection?.End();
        _socket.Enter(EvapiState.Closed, ClosedByUs);
    }

    private void SignalEnd()
    {
        _ended.OnNext(Unit.Default);
        _ended.OnCompleted();
    }

    private IObservable<NewConnection> Connect()
    {
        _socket.Enter(EvapiState.Connecting, "connecting");
        return _services.Connector.Connect(_socket.EndPoint, _services.Options.ConnectTimeout, _services.Clock);
    }

    /// <summary>A value when a connection that has held ends, then its failure; disposing closes it.</summary>
    private IObservable<Unit> Serve(NewConnection opened) => Observable.Create<Unit>(life =>
    {
        var limits = new FrameConnectionOptions
        {
            MaxFrameBytes = _services.Options.MaxFrameBytes,
            MaxQueuedBytes = _services.Options.MaxQueuedBytesPerConnection,
        };
        TimeSpan since = _stopwatch.Elapsed;
        IDuplexPipe pipe = opened.Take();
        var frames = new FrameConnection(pipe, limits, _socket.Name) { FrameTimeout = (_services.Clock, FrameTimeout, null) };
        EvapiConnection? connection = null;
        EvapiReception? reception = null;
        int over = 0;
        connection = new EvapiConnection(_socket, frames, _services, End);
        reception = new EvapiReception(connection, _services, End);
        _connection = connection;
        _services.Counters.Connected();
        _socket.Enter(EvapiState.Connected, "connected");
        // Looked at after the connection stands: whoever sets it looks for the connection afterwards.
        if (_services.IsLeaving) connection.TellLeaving();
        if (_closing is not { } why) return frames.Frames.Subscribe(reception);
        // Closed while it was being opened: CloseAsync may have looked for the connection just before it stood here.
        life.OnError(why);
        return frames;

        void End(Exception how)
        {
            // The reader, and whoever finds that the answers are not read, may both come here.
            if (Interlocked.Exchange(ref over, 1) == 1) return;
            _connection = null;
            // Before the next connect, which may come at once.
            connection!.End();
            // A Kamailio may be quiet for long; one that accepts and closes at once is called as rarely as one that refuses.
            if (reception!.Heard || _services.Options.Reconnect.HasHeldIdle(_stopwatch.Elapsed - since)) life.OnNext(Unit.Default);
            else (pipe as SocketPipe)?.ServedNothing();
            life.OnError(how);
        }
    });

    private bool MayReconnect(Exception failure)
    {
        if (_closing is not null) return false;
        _socket.Enter(EvapiState.Waiting, failure.Message);
        return true;
    }
}
