using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Kamailio;

/// <summary>
/// One connection to a Kamailio and the transactions that wait on it. Kamailio knows a transaction by index and label, and suspends it
/// once at a time: of two events with the same pair the earlier one is stale.
/// </summary>
internal sealed class EvapiConnection
{
    private const int MostReasonChars = 500;

    private readonly Lock _gate = new();
    private readonly EvapiServices _services;
    private readonly Action<Exception> _broken;
    private readonly Dictionary<(uint Index, uint Label), SuspendedTransaction> _waiting = [];
    private bool _ended;

    /// <param name="socket">Where Kamailio listens.</param>
    /// <param name="frames">The connection.</param>
    /// <param name="services">What the connections share.</param>
    /// <param name="broken">Called when the connection is of no more use, although it stands.</param>
    public EvapiConnection(EvapiSocket socket, FrameConnection frames, EvapiServices services, Action<Exception> broken)
    {
        _broken = broken;
        Socket = socket;
        Frames = frames;
        _services = services;
    }

    public EvapiSocket Socket { get; }

    public FrameConnection Frames { get; }

    /// <summary>Lets a transaction wait, in the place of an earlier event of the same one; false when the connection has ended.</summary>
    public bool TryAdmit(SuspendedTransaction transaction)
    {
        SuspendedTransaction? stale;
        lock (_gate)
        {
            if (_ended) return false;
            _waiting.TryGetValue(transaction.Key, out stale);
            _waiting[transaction.Key] = transaction;
        }
        if (stale is not null && stale.TryGiveUp())
        {
            _services.InFlight.Leave(stale.LetGo());
            _services.Report(Socket.EndPoint, EvapiProblem.Superseded, $"{stale} was suspended anew while it waited for its answer");
        }
        return true;
    }

    /// <summary>Sends the answer of a transaction that has just ended.</summary>
    public void Answer(SuspendedTransaction transaction, in Outcome<RawJson> outcome)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(transaction.Key, out SuspendedTransaction? waiting) && waiting == transaction) _waiting.Remove(transaction.Key);
        }
        string route = outcome.Kind == OutcomeKind.Result ? transaction.ReturnRoute : transaction.ErrorRoute;
        Answer(transaction.Id, route, transaction.ErrorRoute, outcome, transaction.Details);
        // After the send: a drain is over when every answer is on its way.
        _services.InFlight.Leave(transaction.LetGo());
    }

    /// <summary>Resumes a transaction at its error route that never came to wait.</summary>
    public void Fail(in EvapiEvent read, string reason)
    {
        var failure = new Outcome<RawJson> { Kind = OutcomeKind.Failure, Failure = new InvalidOperationException(Shorten(reason)) };
        string route = read.ErrorRoute ?? "";
        Answer(new TransactionId(read.Index!.Value, read.Label!.Value, read.Token), route, route, failure, read.Details);
    }

    /// <summary>Tells Kamailio's script that the gateway is about to leave, so that it sends its events elsewhere.</summary>
    /// <returns>Whether the connection took it.</returns>
    public bool TellLeaving()
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        AnswerWriter.WriteLeaving(buffer);
        FrameGrid.Align(buffer);
        SendResult sent = Frames.TrySend(buffer.Complete(), null);
        FrameBuffer.Return(buffer);
        return sent == SendResult.Queued;
    }

    /// <summary>Resumes all that wait as cancelled.</summary>
    public void CancelAll()
    {
        foreach (SuspendedTransaction transaction in Waiting()) transaction.Resume(Outcome<RawJson>.Cancelled());
    }

    /// <summary>The connection has ended: what waits becomes inert, and nothing can wait any more.</summary>
    public void End()
    {
        lock (_gate) _ended = true;
        foreach (SuspendedTransaction transaction in Waiting())
        {
            if (!transaction.TryGiveUp()) continue;
            _services.Counters.LostOne();
            _services.InFlight.Leave(transaction.LetGo());
        }
    }

    private static string Shorten(string reason) => reason.Length <= MostReasonChars ? reason : reason[..MostReasonChars] + "...";

    private void Answer(TransactionId id, string route, string errorRoute, in Outcome<RawJson> outcome, bool details)
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        OutcomeKind kind = outcome.Kind;
        AnswerWriter.Write(buffer, id, route, outcome, details);
        if (buffer.PayloadLength > _services.Options.MaxAnswerBytes)
        {
            string reason = $"the answer is {buffer.PayloadLength} bytes long; at most {_services.Options.MaxAnswerBytes} (MaxAnswerBytes) may be sent";
            buffer.Truncate(0);
            kind = OutcomeKind.Failure;
            var failure = new Outcome<RawJson> { Kind = kind, Failure = new InvalidOperationException(reason) };
            AnswerWriter.Write(buffer, id, errorRoute, failure, details: false);
            _services.Report(Socket.EndPoint, EvapiProblem.AnswerTooLong, $"{id}: {reason}");
        }
        FrameGrid.Align(buffer);
        SendResult sent = Frames.TrySend(buffer.Complete(), null);
        FrameBuffer.Return(buffer);
        if (sent == SendResult.Queued) _services.Counters.Resumed(kind);
        else _services.Counters.LostOne();
        // Kamailio does not read its answers: the transactions hang, and a new connection is the only cure.
        if (sent == SendResult.QueueFull)
        {
            _broken(new ConnectionLostException($"{Socket.Name} does not read its answers: more than {_services.Options.MaxQueuedBytesPerConnection} bytes wait"));
        }
    }

    private SuspendedTransaction[] Waiting()
    {
        lock (_gate) return [.. _waiting.Values];
    }
}
