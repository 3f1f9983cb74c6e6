using System.Collections.Concurrent;
using System.Reactive;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Servers;

/// <summary>
/// One notification to several servers. <b>OnNext</b>: the report of one of them, as each comes; <b>OnCompleted</b>: after the last. It
/// never fails. <b>Dispose</b> takes back what has not left.
/// </summary>
internal sealed class Broadcast : IObservable<NotifyReport>
{
    private readonly Func<IReadOnlyList<Server>> _choose;
    private readonly Func<Server, IObservable<Unit>> _notify;

    /// <param name="choose">The servers; asked at each subscription.</param>
    /// <param name="notify">The notification to one.</param>
    public Broadcast(Func<IReadOnlyList<Server>> choose, Func<Server, IObservable<Unit>> notify)
    {
        _choose = choose;
        _notify = notify;
    }

    public IDisposable Subscribe(IObserver<NotifyReport> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        IReadOnlyList<Server> servers = _choose();
        // A topology may have taken the last server away.
        if (servers.Count == 0) observer.OnCompleted();
        var reports = new Reports(observer, servers.Count);
        bool subscribed = false;
        try
        {
            foreach (Server server in servers) reports.Add(_notify(server).Subscribe(new One(reports, server.Address)));
            subscribed = true;
        }
        finally
        {
            if (!subscribed) reports.Dispose();
        }
        return reports;
    }

    private sealed class One(Reports reports, ServerAddress server) : IObserver<Unit>
    {
        public void OnNext(Unit value)
        {
        }

        public void OnCompleted() => reports.Post(new NotifyReport(server, null));

        public void OnError(Exception error) => reports.Post(new NotifyReport(server, error));
    }

    /// <summary>Connections report on their own threads; whoever finds nobody delivering delivers, so no observer is called under a lock.</summary>
    private sealed class Reports(IObserver<NotifyReport> observer, int due) : IDisposable
    {
        private readonly ConcurrentQueue<NotifyReport> _waiting = new();
        private readonly CompositeDisposable _all = [];
        private int _due = due;
        private int _undelivered;

        public void Add(IDisposable subscription) => _all.Add(subscription);

        public void Post(NotifyReport report)
        {
            _waiting.Enqueue(report);
            if (Interlocked.Increment(ref _undelivered) > 1) return;
            do
            {
                _waiting.TryDequeue(out NotifyReport? next);
                if (!_all.IsDisposed) observer.OnNext(next!);
                if (--_due == 0 && !_all.IsDisposed) observer.OnCompleted();
            }
            while (Interlocked.Decrement(ref _undelivered) > 0);
        }

        public void Dispose() => _all.Dispose();
    }
}
