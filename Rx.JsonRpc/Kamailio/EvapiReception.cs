using System.Buffers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Kamailio;

/// <summary>Takes the events of one connection on its reader, and passes them on or refuses them. No user code runs here.</summary>
internal sealed class EvapiReception : IObserver<Frame>
{
    private readonly EvapiConnection _connection;
    private readonly EvapiServices _services;
    private readonly Action<Exception> _ended;
    private readonly NameCache _names = new();

    public EvapiReception(EvapiConnection connection, EvapiServices services, Action<Exception> ended)
    {
        _connection = connection;
        _services = services;
        _ended = ended;
    }

    /// <summary>Whether any event has come yet.</summary>
    public bool Heard { get; private set; }

    public void OnNext(Frame frame)
    {
        // Pieces are rare: an event is far shorter than a block of the reader.
        ReadOnlySpan<byte> bytes = frame.Payload.IsSingleSegment ? frame.Payload.FirstSpan : frame.Payload.ToArray();
        EvapiEvent read = EvapiEventReader.Read(bytes, _names);
        if (read.Fault is null || (read.Index is not null && read.Label is not null)) Heard = true;
        if (read.Kind == EvapiEventKind.Notify) TakeNotification(read, bytes);
        else if (read.Index is null || read.Label is null) Report(EvapiProblem.Unreadable, $"{read.Fault}; {bytes.Length} bytes");
        else TakeRequest(read, bytes);
    }

    public void OnCompleted() => _ended(new ConnectionLostException($"{_connection.Socket.Name} closed the connection"));

    public void OnError(Exception error) => _ended(error);

    private void TakeRequest(in EvapiEvent read, ReadOnlySpan<byte> bytes)
    {
        _services.Counters.Requested();
        if (read.Fault is not null)
        {
            Fail(read, EvapiProblem.BadEvent, read.Fault);
        }
        else if (_services.InFlight.TryEnter(read.KeptBytes(bytes.Length)) is { } refusal)
        {
            Fail(read, EvapiProblem.Refused, refusal);
        }
        else
        {
            Begin(read, bytes.ToArray());
        }
    }

    private void Begin(in EvapiEvent read, byte[] kept)
    {
        if (!EventParameters.TryRead(read, kept, out RawJson parameters, out string? fault))
        {
            _services.InFlight.Leave(read.KeptBytes(kept.Length));
            Fail(read, EvapiProblem.BadEvent, fault);
            return;
        }
        var transaction = new SuspendedTransaction(_connection, read, parameters, RawJson.FromChecked(kept), _services.Clock.Now);
        if (!_connection.TryAdmit(transaction))
        {
            _services.Counters.LostOne();
            _services.InFlight.Leave(transaction.LetGo());
        }
        else if (_services.Pools is { } pools)
        {
            pools.Answer(transaction);
        }
        else
        {
            Offer(transaction);
        }
    }

    /// <summary>To the host, which may be slow, and may forget it.</summary>
    private void Offer(SuspendedTransaction transaction)
    {
        if (!transaction.IsInTime(_services.Clock.Now, out TimeSpan? left)) return;
        if (left is { } limit) transaction.LimitTo(limit, _services.Timers);
        // A timer, a drain or a dispose may end it on another thread at any moment.
        if (!transaction.TryHold() || _services.Transactions.TryPublish(transaction)) return;
        _services.InFlight.Release(transaction.LetGo());
        const string Why = "as many transactions wait for the host as MaxInFlight allows";
        transaction.Resume(Outcome<RawJson>.From(new InvalidOperationException(Why)));
        Report(EvapiProblem.Refused, $"{transaction}: {Why}");
    }

    private void TakeNotification(in EvapiEvent read, ReadOnlySpan<byte> bytes)
    {
        _services.Counters.Notified();
        string? fault = read.Fault;
        RawJson parameters = default;
        ReadOnlySpan<byte> kept = bytes.Slice(read.ParamsStart, read.ParamsLength);
        if (fault is not null || !EventParameters.TryRead(read with { ParamsStart = 0 }, kept.ToArray(), out parameters, out fault))
        {
            Report(EvapiProblem.Unreadable, $"a notification: {fault}");
            return;
        }
        var notification = new EvapiNotification(_connection.Socket.EndPoint, read.Method!, parameters, read.Pool ?? "");
        if (_services.Pools is { } pools) pools.Send(notification);
        else Offer(notification);
    }

    private void Offer(EvapiNotification notification)
    {
        if (_services.InFlight.TryKeep(notification.KeptBytes) is { } refusal)
        {
            Report(EvapiProblem.Refused, $"notification {notification.Method}: {refusal}");
            return;
        }
        if (_services.Notifications.TryPublish(notification)) return;
        _services.InFlight.Release(notification.KeptBytes);
        _services.Counters.EventDropped();
    }

    private void Fail(in EvapiEvent read, EvapiProblem problem, string why)
    {
        _connection.Fail(read, why);
        Report(problem, $"{read.Index}:{read.Label}: {why}");
    }

    private void Report(EvapiProblem problem, string detail) => _services.Report(_connection.Socket.EndPoint, problem, detail);
}
