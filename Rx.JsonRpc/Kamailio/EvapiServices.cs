using System.Net;
using System.Reactive.Concurrency;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Kamailio;

/// <summary>What the connections of one gateway share.</summary>
internal sealed class EvapiServices
{
    private bool _isLeaving;

    public EvapiServices(EvapiGatewayOptions options, IScheduler clock)
    {
        Options = options;
        Clock = clock;
        Connector = options.Connector ?? new SocketConnector(clock) { KeepAlive = options.TcpKeepAlive };
        InFlight = new InFlightBound(options.MaxInFlight, options.MaxBufferedBytes);
        var continuations = new Continuations(options.Continuations);
        Timers = new TimerQueue(clock);
        // MaxInFlight does not bound it already: what is suspended anew leaves its earlier event in the queue.
        Transactions = new Publisher<SuspendedTransaction>(
            continuations, options.MaxInFlight, HandlerThrew, unheard: FailUnheard, left: transaction => InFlight.Release(transaction.LetGo()));
        Notifications = new Publisher<EvapiNotification>(
            continuations, options.MaxQueuedEvents, (value, thrown) => ObserverThrew(value?.Socket, thrown),
            left: notification => InFlight.Release(notification.KeptBytes));
        Changes = new Publisher<EvapiChange>(continuations, options.MaxQueuedEvents, (value, thrown) => ObserverThrew(value?.Socket, thrown));
        // What an observer of diagnostics throws is only counted: published, it would come back to such observers.
        Diagnostics = new Publisher<EvapiDiagnostic>(continuations, options.MaxQueuedEvents, (_, _) => Counters.Had(EvapiProblem.HandlerFailed));
    }

    public EvapiGatewayOptions Options { get; }

    public IScheduler Clock { get; }

    /// <summary>The deadlines of transactions that the host answers.</summary>
    public TimerQueue Timers { get; }

    public IConnector Connector { get; }

    public InFlightBound InFlight { get; }

    public EvapiCounters Counters { get; } = new();

    /// <summary>Whether the gateway drains; each Kamailio that it is connected to hears of it.</summary>
    public bool IsLeaving
    {
        get => Volatile.Read(ref _isLeaving);
        set
        {
            Volatile.Write(ref _isLeaving, value);
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>Answers requests by the pools' clients; null when the host does, through the observables.</summary>
    public PoolService? Pools { get; set; }

    public Publisher<SuspendedTransaction> Transactions { get; }

    public Publisher<EvapiNotification> Notifications { get; }

    public Publisher<EvapiChange> Changes { get; }

    public Publisher<EvapiDiagnostic> Diagnostics { get; }

    public void Report(EndPoint socket, EvapiProblem problem, string detail)
    {
        Counters.Had(problem);
        if (!Diagnostics.HasObservers) return;
        if (!Diagnostics.TryPublish(new EvapiDiagnostic(socket, problem, detail))) Counters.EventDropped();
    }

    /// <summary>The host's own code threw when it was given a transaction, or at the end of them.</summary>
    public void HandlerThrew(SuspendedTransaction? transaction, Exception thrown)
    {
        transaction?.Resume(Outcome<RawJson>.From(thrown));
        ObserverThrew(transaction?.Socket, thrown);
    }

    public Task Complete() =>
        Task.WhenAll(Transactions.Complete(), Notifications.Complete(), Changes.Complete(), Diagnostics.Complete());

    private void ObserverThrew(EndPoint? socket, Exception thrown)
    {
        if (socket is null) Counters.Had(EvapiProblem.HandlerFailed);
        else Report(socket, EvapiProblem.HandlerFailed, $"{thrown.GetType().Name}: {thrown.Message}");
    }

    private static void FailUnheard(SuspendedTransaction transaction) =>
        transaction.Resume(Outcome<RawJson>.From(new InvalidOperationException("nobody in the gateway answers transactions")));
}
