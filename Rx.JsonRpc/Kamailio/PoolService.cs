using System.Collections.Frozen;
using System.Reactive;

namespace Rx.JsonRpc.Kamailio;

/// <summary>Answers transactions, and sends notifications, by the clients of the named pools.</summary>
internal sealed class PoolService
{
    private readonly EvapiServices _services;
    private readonly FrozenDictionary<string, JsonRpcClient> _pools;
    private readonly JsonRpcClient? _default;

    public PoolService(EvapiServices services)
    {
        _services = services;
        _pools = services.Options.Pools.ToFrozenDictionary();
        _default = _pools.GetValueOrDefault(services.Options.DefaultPool) ?? (_pools.Count == 1 ? _pools.Values[0] : null);
    }

    public void Answer(SuspendedTransaction transaction)
    {
        try
        {
            JsonRpcClient client = ClientOf(transaction.Pool);
            if (!transaction.IsInTime(_services.Clock.Now, out TimeSpan? left)) return;
            RequestPolicy policy = left is { } limit ? client.Policy with { TotalTimeout = limit } : client.Policy;
            client.Call(client.Raw(transaction.Method, transaction.Idempotent), transaction.Parameters, policy).Resume(transaction);
        }
        catch (ArgumentException fault)
        {
            // The pool's or the method's name.
            transaction.Resume(Outcome<RawJson>.From(fault));
            _services.Report(transaction.Socket, EvapiProblem.BadEvent, $"{transaction}: {fault.Message}");
        }
    }

    public void Send(EvapiNotification notification)
    {
        if (_services.InFlight.TryEnter(notification.KeptBytes) is { } refusal)
        {
            _services.Report(notification.Socket, EvapiProblem.Refused, $"notification {notification.Method}: {refusal}");
            return;
        }
        try
        {
            ClientOf(notification.Pool).Notify(notification.Method, notification.Parameters)
                .Subscribe(new NotificationObserver(_services, notification));
        }
        catch (ArgumentException fault)
        {
            new NotificationObserver(_services, notification).OnError(fault);
        }
    }

    private JsonRpcClient ClientOf(string pool)
    {
        if (pool.Length == 0 && _default is not null) return _default;
        if (_pools.TryGetValue(pool, out JsonRpcClient? client)) return client;
        string named = pool.Length == 0 ? $"the event names no pool of servers, and there is none named '{_services.Options.DefaultPool}'" : $"there is no pool of servers named '{pool}'";
        throw new ArgumentException($"{named}; the pools are: {string.Join(", ", _pools.Keys.Order(StringComparer.Ordinal))}");
    }

    private sealed class NotificationObserver(EvapiServices services, EvapiNotification notification) : IObserver<Unit>
    {
        public void OnNext(Unit value)
        {
        }

        public void OnError(Exception error)
        {
            services.InFlight.Leave(notification.KeptBytes);
            services.Report(notification.Socket, EvapiProblem.NotNotified, $"{notification.Method}: {error.Message}");
        }

        public void OnCompleted() => services.InFlight.Leave(notification.KeptBytes);
    }
}
