using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Counts what is armed and disposed, and fires the last timer when told, on the thread that tells it.</summary>
internal sealed class CountingScheduler : IScheduler
{
    private Action? _fire;

    public int Armed { get; private set; }

    public int Disposed { get; private set; }

    public TimeSpan LastDue { get; private set; }

    public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

    public void Fire() => _fire?.Invoke();

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Armed++;
        LastDue = dueTime;
        _fire = () => action(this, state);
        return Disposable.Create(() => Disposed++);
    }

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, TimeSpan.Zero, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);
}
