using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// One live connection to a server: sorts what arrives to the requests that wait for it, and when it ends fails those at once, each with
/// a failure of its own.
/// </summary>
internal sealed partial class ServerConnection : IObserver<Frame>
{
    // Long enough for a server that leaves to see that nothing is left to answer.
    private static readonly TimeSpan LeavingLimit = TimeSpan.FromMilliseconds(500);

    private readonly Server _server;
    private readonly JsonRpcClientOptions _options;
    private readonly Action<ServerConnection, Exception> _ended;
    private readonly Action<ServerConnection> _leaving;
    private readonly IScheduler _clock;
    private readonly SingleAssignmentDisposable _leavingLimit = new();
    private readonly Heartbeat? _heartbeat;
    private readonly OpenServerCalls _calls;
    private readonly IStopwatch _stopwatch;
    private long _heardAt;
    private int _othersSent;
    // What had been sent before a request that has a reply by now; the reader's own.
    private int _settled;
    private int _lossCounted;
    private int _hasEnded;
    // Written by the reader only.
    private bool _isLeaving;

    /// <param name="server">The server.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="clock">The clock of the heartbeat.</param>
    /// <param name="leaving">Called once, by the reader, when the server has said that this connection takes no more calls.</param>
    /// <param name="ended">Called once, when the connection has ended; it has <see cref="FailPending"/> tell the requests that wait.</param>
    public ServerConnection(
        Server server,
        FrameConnection frames,
        JsonRpcClientOptions options,
        IScheduler clock,
        Action<ServerConnection> leaving,
        Action<ServerConnection, Exception> ended)
    {
        _server = server;
        Frames = frames;
        _options = options;
        _clock = clock;
        _leaving = leaving;
        _ended = ended;
        Pending = new PendingRequests(Math.Max(1, options.MaxInFlightPerServer / options.ConnectionsPerServer), options.Balancing == Balancing.LeastInFlight);
        _calls = new OpenServerCalls(server, this, options, clock);
        frames.Skipped = Skip;
        _stopwatch = server.Stopwatch;
        frames.BytesCame = Hear;
        if (options.Heartbeat.Enabled) _heartbeat = new Heartbeat(options.Heartbeat, this, clock, _stopwatch, EndAsDead);
    }

    public FrameConnection Frames { get; }

    public PendingRequests Pending { get; }

    public int MaxFrameBytes => _options.MaxFrameBytes;

    /// <summary>How often something was sent, or given up, that a reply does not end: an error without an id may mean it.</summary>
    public int OthersSent => Volatile.Read(ref _othersSent);

    /// <summary>Whether a reply to anything that was sent here has come yet, but refusals of a server that leaves.</summary>
    public bool HasReplied { get; private set; }

    /// <summary>When bytes came last, by the client's stopwatch; zero when none have.</summary>
    public TimeSpan HeardAt => TimeSpan.FromTicks(Volatile.Read(ref _heardAt));

    public void OnNext(Frame frame)
    {
        var reader = new EnvelopeReader(frame.Payload, _options.Strict);
        ServerCallBatch? batch = null;
        while (reader.TryRead(out Envelope envelope))
        {
            if (reader.IsBatch && envelope.Kind == EnvelopeKind.Call) batch ??= new ServerCallBatch(_calls);
            Sort(envelope, frame, batch);
        }
        batch?.Skip();
    }

    public void OnCompleted() => End(new ConnectionLostException(
        _isLeaving ? $"{_server.Address} has left, as it said it would" : $"{_server.Address} closed the connection"));

    public void OnError(Exception error) => End(error);

    /// <summary>
    /// True once. However many calls wait on a connection, its loss is one event; were each of them a failure, one restart of a busy
    /// server would eject it.
    /// </summary>
    public bool TryCountLoss() => Interlocked.Exchange(ref _lossCounted, 1) == 0;

    /// <summary>Ends the connection from our side: the requests that wait hear of it, what was sent may still leave.</summary>
    public void Close(Exception why)
    {
        _heartbeat?.Stop();
        _calls.End();
        _leavingLimit.Dispose();
        FailPending(why);
        Frames.CompleteSending();
    }

    /// <summary>Takes no more requests, and tells those that wait that their connection has ended.</summary>
    public void FailPending(Exception how)
    {
        foreach (PendingRequest request in Pending.CloseAndTakeAll()) request.OnLost(FreshFailure(how));
    }

    /// <summary>Called before it is sent, or after it was given up.</summary>
    public void CountOther() => Interlocked.Increment(ref _othersSent);

    // Bytes, not frames: a long reply on a slow line is a sign of life long before it is complete.
    private void Hear()
    {
        Volatile.Write(ref _heardAt, _stopwatch.Elapsed.Ticks);
        _heartbeat?.Hear();
    }

    private void Sort(in Envelope envelope, Frame frame, ServerCallBatch? batch)
    {
        switch (envelope.Kind)
        {
            case EnvelopeKind.Result:
                if (TakePending(envelope, frame, serves: true) is { } called) called.OnResult(envelope.Value);
                break;
            case EnvelopeKind.Error:
                TakeError(envelope, frame);
                break;
            case EnvelopeKind.Notification:
                _server.Pushed(new ServerNotification(_server.Address, envelope.Method!, RawJson.Copy(envelope.Value)), frame.Payload.Length);
                break;
            case EnvelopeKind.Call:
                _calls.Take(envelope, batch);
                break;
            case EnvelopeKind.NotJson:
                if (!TryFailAllIn(frame.Payload)) _server.Dropped(DropReason.NotJson, frame.Payload.Length);
                break;
            default:
                if (envelope.Fault is not { } fault || !TryFail(envelope.Id, fault)) _server.Dropped(DropReason.NotAReply, frame.Payload.Length);
                break;
        }
    }

    /// <summary>The server takes no more calls here: none begins, those that wait are answered, then the connection ends in order.</summary>
    private void Leave()
    {
        if (_isLeaving) return;
        _isLeaving = true;
        _leaving(this);
        Pending.CloseWhenEmpty(() =>
        {
            Frames.CompleteSending();
            _leavingLimit.Disposable = _clock.After(LeavingLimit, () => End(new ConnectionLostException(
                $"{_server.Address} said that it leaves, and did not close the connection within {LeavingLimit}")));
        });
    }

    private PendingRequest? TakePending(in Envelope envelope, Frame frame, bool serves)
    {
        PendingRequest? request = Pending.Take(envelope.Id, out DropReason reason);
        bool probe = _heartbeat is not null && envelope.Id == Heartbeat.ProbeId;
        if (serves && (request is not null || probe || reason == DropReason.LateReply)) HasReplied = true;
        if (request is not null)
        {
            if (request.SentAfter > _settled) _settled = request.SentAfter;
            _server.RoomForOne();
        }
        else if (!probe) _server.Dropped(reason, frame.Payload.Length);
        return request;
    }

    private void EndAsDead(TimeSpan silence) => End(new ConnectionLostException(FormattableString.Invariant(
        $"the heartbeat gave up the connection to {_server.Address}: nothing was heard for {silence.TotalSeconds:0.###} s, nor any reply to {_options.Heartbeat.Method}")));

    private void End(Exception how)
    {
        _heartbeat?.Stop();
        _calls.End();
        _leavingLimit.Dispose();
        // The heartbeat's clock and the reader may both find the end.
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0) _ended(this, how);
    }

    /// <summary>One exception for each request: a shared instance would gather the stack traces of all its observers.</summary>
    private static Exception FreshFailure(Exception how) => how switch
    {
        ObjectDisposedException => new ObjectDisposedException(nameof(JsonRpcClient), how.Message),
        _ => new ConnectionLostException(how.Message, how),
    };
}
