using System.Globalization;
using System.Net;
using System.Reactive.Disposables;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Listening;

/// <summary>
/// One peer's connection: lets calls in up to the bounds, sends their replies, and ends once: when both sides have said all they had to
/// say, or by force.
/// </summary>
internal sealed class ListenerConnection
{
    private static readonly JsonRpcError TooMany = JsonRpcError.Refusal("too many calls in flight");

    private readonly FrameConnection _frames;
    private readonly Mailbox<IncomingCall> _handled;
    private readonly Action<ListenerConnection, string> _ended;
    private readonly CancellationTokenSource _disconnected = new();
    private readonly CallsInFlight _inFlight;
    private readonly ConnectionShare _share;
    private readonly LeavingGrace _grace;
    private IDisposable? _limit;
    private volatile JsonRpcError? _leaving;
    private int _closing;
    private int _hasEnded;

    public ListenerConnection(AcceptedConnection accepted, ListenerServices services, Action<ListenerConnection, string> ended)
    {
        Services = services;
        Peer = accepted.RemoteEndPoint;
        _ended = ended;
        _share = new ConnectionShare(services.Totals, this);
        _inFlight = new CallsInFlight(services.Options.MaxCallsPerConnection, services.Options.MaxQueuedBytesPerConnection, _share);
        _grace = new LeavingGrace(services, () => _inFlight.IsEmpty, EndSide);
        Silence = new PeerSilence(services, () => _inFlight.IsEmpty, Abort);
        _handled = new Mailbox<IncomingCall>(services.Continuations, Handle);
        var limits = new FrameConnectionOptions
        {
            MaxFrameBytes = services.Options.MaxFrameBytes,
            MaxQueuedBytes = services.Options.MaxQueuedBytesPerConnection,
        };
        _frames = new FrameConnection(accepted.Pipe, limits, Peer.ToString() ?? "the peer")
        {
            SendsAfterEnd = true,
            FrameTimeout = (services.Clock, services.Options.FrameTimeout, nameof(JsonRpcListenerOptions.FrameTimeout)),
            BytesCame = Silence.Hear,
            Room = _share,
            Released = end => End(end?.Message ?? "the peer closed the connection"),
        };
    }

    public ListenerServices Services { get; }

    public EndPoint Peer { get; }

    public CancellationToken Ended => _disconnected.Token;

    /// <summary>How long the peer has sent nothing.</summary>
    public PeerSilence Silence { get; }

    /// <summary>Whether no call is in flight.</summary>
    public bool IsIdle => _inFlight.IsEmpty;

    public bool HasEnded => Volatile.Read(ref _hasEnded) == 1;

    /// <summary>Reads until the peer has nothing more to say; on a thread of the continuations, which a fast peer may hold for long.</summary>
    public void Start()
    {
        var reader = new CallReader(this);
        _frames.Skipped = reader.Skip;
        Silence.Begin();
        _frames.Frames.Subscribe(reader);
    }

    /// <summary>
    /// Lets a call in and passes it on, or refuses it. A notification cannot be refused, because nothing answers it: it is carried out also
    /// while the connection leaves.
    /// </summary>
    public void Enter(IncomingCall call)
    {
        Services.Counters.Arrived(call.IsNotification);
        bool fits = _inFlight.TryEnter(call.Parameters.Utf8.Length);
        if (_leaving is { } leaving && !call.IsNotification) TurnAway(call, leaving);
        else if (!fits) Refuse(call, TooMany);
        else if (Services.Handlers.ContainsKey(call.Method)) _handled.Post(call);
        else Services.Calls.Post(call);
    }

    /// <summary>A call has its answer, or a notification was handled.</summary>
    public void Leave(IncomingCall call)
    {
        _inFlight.Leave(call.Parameters.Utf8.Length);
        if (Volatile.Read(ref _closing) == 1)
        {
            if (_inFlight.IsEmpty) _frames.CompleteSending();
        }
        else if (_leaving is not null) _grace.Left(replied: !call.IsNotification && !call.IsTurnedAway);
    }

    public bool TryReply(FrameBuffer reply, IncomingCall call)
    {
        if (reply.PayloadLength > Services.Options.MaxFrameBytes)
        {
            call.ReportTooLong("the reply", reply.PayloadLength);
            TooLong.Replace(reply, call);
        }
        return TrySend(reply);
    }

    public bool TrySend(FrameBuffer reply)
    {
        if (HasEnded) return false;
        SendResult sent = reply.PayloadLength > NetstringWriter.MaxPayloadBytes
            ? SendResult.QueueFull
            : _frames.TrySend(reply.Complete(), null);
        while (sent == SendResult.NoRoom) sent = TryMakeRoom() ? _frames.TrySend(reply.Complete(), null) : SendResult.Closed;
        if (sent == SendResult.QueueFull) AbortSlowPeer();
        return sent == SendResult.Queued;
    }

    /// <summary>Counts bytes that wait for the rest of their batch; false when they are too many, and the connection ends.</summary>
    public bool TryHold(int bytes)
    {
        // One batch alone may fill a frame.
        int most = Math.Max(Services.Options.MaxQueuedBytesPerConnection, Services.Options.MaxFrameBytes);
        if (_share.AddBatched(bytes) > most) AbortSlowPeer();
        while (!HasEnded && !_share.TryHoldBatches() && TryMakeRoom())
        {
        }
        return !HasEnded;
    }

    public void Unhold(int bytes) => _share.RemoveBatched(bytes);

    /// <summary>The peer has ended its side: what is in flight may still be answered, for a while.</summary>
    public void PeerEnded()
    {
        TimeSpan limit = Services.Options.HalfClosedLimit;
        if (limit == TimeSpan.Zero)
        {
            Abort("the peer closed the connection");
            return;
        }
        AbortAfter(limit, $"the peer closed the connection, and not all was answered or read within {limit}");
        EndSide();
    }

    /// <summary>
    /// Takes no more calls: refuses each in words that say so until the grace is over, because a call may be on the wire, and a peer that
    /// understands them closes the connection. The grace begins again with each reply to a call that was in flight. Then ends its own side,
    /// and reads on until the peer has closed.
    /// </summary>
    /// <param name="why">What the refusal says.</param>
    /// <param name="grace">How long.</param>
    public void TurnAway(string why, TimeSpan grace)
    {
        // First: a call that leaves begins the grace again as soon as it sees the mark.
        if (_leaving is null) _grace.Length = grace;
        if (Interlocked.CompareExchange(ref _leaving, JsonRpcError.Refusal(why, leaving: true), null) is not null) return;
        if (grace == TimeSpan.Zero) EndSide();
        else _grace.Begin();
    }

    /// <summary>Ends the connection by force when it has not ended within the limit. The first limit holds.</summary>
    public void AbortAfter(TimeSpan limit, string reason) => SetTimer(ref _limit, Services.Clock.After(limit, () => Abort(reason)));

    /// <summary>Ends the connection at once.</summary>
    public void Abort(string reason)
    {
        End(reason);
        _frames.Dispose();
    }

    /// <summary>When what is in flight is answered and the replies are sent, the peer sees the end of the stream.</summary>
    private void EndSide()
    {
        Interlocked.Exchange(ref _closing, 1);
        if (_inFlight.IsEmpty) _frames.CompleteSending();
    }

    /// <summary>Closes the connection that holds most of the totals.</summary>
    /// <returns>False when it was this one.</returns>
    private bool TryMakeRoom()
    {
        ListenerConnection largest = Services.Totals.Largest()?.Owner ?? this;
        largest.Abort(string.Create(
            CultureInfo.InvariantCulture,
            $"it holds most of the {Services.Options.MaxTotalBytes:N0} bytes that all connections may hold (MaxTotalBytes), and a reply needs room"));
        return largest != this;
    }

    private void AbortSlowPeer() =>
        Abort($"the peer does not read its replies: more than {Services.Options.MaxQueuedBytesPerConnection} bytes wait");

    private void End(string reason)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 1) return;
        SetTimer(ref _limit, null);
        _grace.Dispose();
        Silence.Dispose();
        _share.End();
        _ended(this, reason);
        // Whoever waits for the token is the host's code.
        Services.Continuations.Schedule(static self => ((ListenerConnection)self!).Cancel(), this);
    }

    /// <summary>Sets a timer, or ends it for good.</summary>
    private static void SetTimer(ref IDisposable? place, IDisposable? timer)
    {
        if (timer is null) Interlocked.Exchange(ref place, Disposable.Empty)?.Dispose();
        else if (Interlocked.CompareExchange(ref place, timer, null) is not null) timer.Dispose();
    }

    private void Cancel()
    {
        try
        {
            _disconnected.Cancel();
        }
        catch (AggregateException thrown)
        {
            Services.Report(nameof(IncomingCall.Disconnected), Peer, thrown);
        }
    }

    private void TurnAway(IncomingCall call, JsonRpcError leaving)
    {
        call.IsTurnedAway = true;
        Refuse(call, leaving);
    }

    private void Refuse(IncomingCall call, JsonRpcError error)
    {
        Services.Counters.CallRefused();
        call.TryFail(error);
        call.NotificationHandled();
    }

    private void Handle(IncomingCall call) => Services.Handlers[call.Method](call);
}
