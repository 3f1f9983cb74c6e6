using System.IO.Pipelines;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// Keeps one connection to a server alive: connects, serves until the connection ends, waits, connects again. That is our own retry
/// operator over an observable that connects when it is subscribed.
/// </summary>
internal sealed class ServerLink
{
    private readonly Server _server;
    private readonly JsonRpcClientOptions _options;
    private readonly IConnector _connector;
    private readonly IScheduler _clock;
    private readonly SingleAssignmentDisposable _life = new();
    private readonly IStopwatch _stopwatch;
    private readonly AsyncSubject<Unit> _ended = new();
    private volatile ServerConnection? _connection;
    private volatile ServerConnection? _open;
    private volatile Exception? _closing;
    private int _started;
    private string _reason = "";

    public ServerLink(Server server, JsonRpcClientOptions options, IConnector connector, IScheduler clock)
    {
        _server = server;
        _options = options;
        _connector = connector;
        _clock = clock;
        _stopwatch = clock.StartStopwatch();
    }

    /// <summary>The connection that requests can be sent on; null when there is none.</summary>
    public ServerConnection? Connection => _connection;

    /// <summary>The connection that is open, also when its server has said that it leaves.</summary>
    public ServerConnection? Open => _open;

    public ServerState State { get; set; } = ServerState.Connecting;

    public bool IsClosing => _closing is not null;

    /// <summary>Attempts to connect since a connection was open last.</summary>
    public int Attempts { get; private set; }

    /// <summary>Connects, once.</summary>
    public void Start()
    {
        if (_closing is not null || Interlocked.Exchange(ref _started, 1) == 1) return;
        _life.Disposable = Observable.Defer(Connect)
            .SelectMany(Serve)
            .RetryWithBackoff(_options.MaxConnectionAttempts, _options.Reconnect, _clock, MayReconnect, resetOnValue: true, _options.Random)
            .Subscribe(_ => { }, Retire);
    }

    /// <summary>Ends the connection: the requests that wait hear of it at once; what was sent may leave until the limit.</summary>
    public async Task CloseAsync(Exception why, string reason, TimeSpan limit)
    {
        _reason = reason;
        _closing = why;
        Interlocked.MemoryBarrier();
        ServerConnection? connection = _open;
        if (connection is not null)
        {
            connection.Close(why);
            await _ended.Within(limit, _clock).Catch(Observable.Empty<Unit>()).LastOrDefaultAsync().ToTask().ConfigureAwait(false);
        }
        _life.Dispose();
        // Subscribing may not have returned yet: a peer that never pauses keeps it reading, and the link's life does not know it so far.
        connection?.Frames.Dispose();
        _server.Enter(this, ServerState.Retired, _reason);
    }

    /// <summary>Connects no more, and closes as soon as nothing is in flight.</summary>
    public void CloseWhenIdle(Exception why, string reason, TimeSpan limit)
    {
        _reason = reason;
        _closing = why;
        Interlocked.MemoryBarrier();
        if (_open is { } connection) connection.Pending.CloseWhenEmpty(() => _ = CloseAsync(why, reason, limit));
        else _ = CloseAsync(why, reason, limit);
    }

    private void Retire(Exception failure)
    {
        _server.Enter(this, ServerState.Retired, _closing is null ? failure.Message : _reason);
        _ended.OnCompleted();
    }

    private IObservable<NewConnection> Connect()
    {
        Attempts++;
        _server.Enter(this, ServerState.Connecting, "connecting");
        return _connector.Connect(_server.Address.EndPoint, _options.ConnectTimeout, _clock);
    }

    /// <summary>A value when a connection that has held ends, then its failure; disposing closes it.</summary>
    private IObservable<Unit> Serve(NewConnection opened) => Observable.Create<Unit>(life =>
    {
        var limits = new FrameConnectionOptions
        {
            MaxFrameBytes = _options.MaxFrameBytes,
            MaxQueuedBytes = _options.MaxQueuedBytesPerConnection,
        };
        TimeSpan since = _stopwatch.Elapsed;
        IDuplexPipe pipe = opened.Take();
        var frames = new FrameConnection(pipe, limits, _server.Address.ToString())
        {
            RoomAgain = _server.CallWaiting,
            GathersBehind = _server.Continuations.IfOnThreadPool,
            GathersReads = _server.Continuations.AreInline,
            FrameTimeout = (_clock, _options.FrameTimeout, nameof(_options.FrameTimeout)),
        };
        var connection = new ServerConnection(_server, frames, _options, _clock, SetAside, (ended, how) =>
        {
            _connection = null;
            _open = null;
            _server.Lost(this, how.Message);
            // Before the next connect, which may come at once.
            ended.FailPending(how);
            if (HasServed(ended, _stopwatch.Elapsed - since)) life.OnNext(Unit.Default);
            else (pipe as SocketPipe)?.ServedNothing();
            life.OnError(how);
        });
        _open = connection;
        _connection = connection;
        Attempts = 0;
        _server.Enter(this, ServerState.Connected, "connected");
        if (_closing is not { } why) return frames.Frames.Subscribe(connection);
        // Closed while it was being opened: CloseAsync may have looked for the connection just before it stood here.
        connection.Close(why);
        life.OnError(why);
        return frames;
    });

    /// <summary>
    /// Judges a connection by what came on it: a server that accepts, takes requests and closes without an answer is called as rarely as
    /// one that refuses. One that has held for the longest wait cannot make the client call more often than that.
    /// </summary>
    private bool HasServed(ServerConnection connection, TimeSpan held) =>
        connection.HasReplied || held >= _options.Reconnect.Max || (!connection.Pending.WasUsed && _options.Reconnect.HasHeldIdle(held));

    private void SetAside(ServerConnection leaving)
    {
        _connection = null;
        _server.Enter(this, ServerState.Draining, "the server said that it leaves; it is asked again when it is connected again");
    }

    private bool MayReconnect(Exception failure)
    {
        if (_closing is not null) return false;
        _server.Enter(this, ServerState.Waiting, failure.Message);
        return true;
    }
}
