using System.Collections.Concurrent;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Something broke the grammar of observables: calls overlapped, or one came after the end.</summary>
internal sealed class GrammarException(string message) : Exception(message);

/// <summary>Watches the calls to an observer: they must not overlap, and nothing may follow a terminal or Dispose.</summary>
internal sealed class GrammarObserver<T>(IObserver<T>? inner = null) : IObserver<T>
{
    private readonly ConcurrentQueue<string> _faults = new();
    private string? _running;
    private string? _ended;
    private int _values;
    private int _terminals;
    private int _disposedBy;

    /// <summary>What broke the grammar so far, also where the exception was swallowed on its way.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public int Values => Volatile.Read(ref _values);

    public int Terminals => Volatile.Read(ref _terminals);

    public void OnNext(T value)
    {
        Enter("OnNext");
        Interlocked.Increment(ref _values);
        Leave(() => inner?.OnNext(value));
    }

    public void OnError(Exception error)
    {
        Enter("OnError");
        End("OnError");
        Leave(() => inner?.OnError(error));
    }

    public void OnCompleted()
    {
        Enter("OnCompleted");
        End("OnCompleted");
        Leave(() => inner?.OnCompleted());
    }

    /// <summary>From here on no call may come on this thread.</summary>
    public void Disposed() => Volatile.Write(ref _disposedBy, Environment.CurrentManagedThreadId);

    private void Enter(string call)
    {
        string? running = Interlocked.CompareExchange(ref _running, call, null);
        if (running is not null) Fail($"{call} overlaps {running}");
        if (Volatile.Read(ref _ended) is { } ended) LeaveAndFail($"{call} follows {ended}");
        if (Volatile.Read(ref _disposedBy) == Environment.CurrentManagedThreadId) LeaveAndFail($"{call} follows Dispose");
    }

    private void End(string call)
    {
        Volatile.Write(ref _ended, call);
        Interlocked.Increment(ref _terminals);
    }

    private void Leave(Action call)
    {
        try
        {
            call();
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }
    }

    private void LeaveAndFail(string fault)
    {
        Volatile.Write(ref _running, null);
        Fail(fault);
    }

    private void Fail(string fault)
    {
        _faults.Enqueue(fault);
        throw new GrammarException(fault);
    }
}

internal static class GrammarOperator
{
    /// <summary>Throws <see cref="GrammarException"/> into whoever breaks the grammar.</summary>
    public static IObservable<T> CheckGrammar<T>(this IObservable<T> source) => new Recipe<T>(source);

    private sealed class Recipe<T>(IObservable<T> source) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            var watch = new GrammarObserver<T>(observer);
            IDisposable subscription = source.Subscribe(watch);
            return Disposable.Create(() =>
            {
                subscription.Dispose();
                watch.Disposed();
            });
        }
    }
}
