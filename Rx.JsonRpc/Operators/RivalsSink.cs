using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Rx.JsonRpc;

/// <summary>
/// The state of one subscription that observes up to two sources at once, of which the first to answer wins. What tries, timer and Dispose
/// have to say goes through a line and is dealt with one after another, by whoever finds nobody at work. So a value passes only when its
/// rival has been disposed, whichever thread was just subscribing that one.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal abstract class RivalsSink<T>(IObserver<T> observer, TimeSpan after, IScheduler scheduler) : IDisposable
{
    private readonly EventLine<Event> _line = new();
    private IDisposable? _timer;
    private Rival? _first;
    private Rival? _second;
    private Rival? _winner;
    private Exception? _failure;
    private bool _completed;
    private int _ended;

    private enum Kind
    {
        Start,
        Due,
        Value,
        Failed,
        Completed,
        Disposed,
    }

    private bool HasEnded => Volatile.Read(ref _ended) != 0;

    public void Run() => Post(new Event(Kind.Start));

    public void Dispose()
    {
        if (!TryEnd()) return;
        // At once, also when another thread is at work.
        DisposeTries();
        Post(new Event(Kind.Disposed));
    }

    /// <summary>Notes a failure. Whether another try may follow it.</summary>
    protected abstract bool MayMove(Exception failure);

    /// <summary>The next source, to be observed alone; null when there is none.</summary>
    protected abstract IObservable<T>? NextAlone();

    /// <summary>The next source, to be observed beside the one that is slow; null when there is none, or it is not to be.</summary>
    protected abstract IObservable<T>? NextBeside();

    /// <summary>What the sequence ends with when there is no source to observe alone.</summary>
    protected abstract Exception Exhausted();

    /// <summary>Lets go of what the sink holds beside the tries; called once, never beside the other methods.</summary>
    protected abstract void Release();

    private void Post(in Event posted)
    {
        if (!_line.TryEnter(posted)) return;
        while (_line.TryTake(out Event next))
        {
            bool returned = false;
            try
            {
                if (!HasEnded) Handle(next);
                returned = true;
            }
            finally
            {
                // The observer threw: it wants nothing more.
                if (!returned)
                {
                    TryEnd();
                    Close();
                }
            }
            if (!HasEnded) continue;
            Close();
            return;
        }
    }

    private void Handle(in Event next)
    {
        if (next.Kind == Kind.Value)
        {
            if (TryWin(next.Rival!)) observer.OnNext(next.Value!);
            return;
        }
        try
        {
            Decide(next);
        }
        catch (Exception thrown)
        {
            Fail(thrown);
        }
    }

    private void Decide(in Event next)
    {
        switch (next.Kind)
        {
            case Kind.Start:
                ObserveAlone();
                break;
            case Kind.Due when next.Rival == _first && _second is null && _winner is null:
                ObserveBeside();
                break;
            case Kind.Failed:
                Lose(next.Rival!, next.Failure!);
                break;
            case Kind.Completed when TryWin(next.Rival!):
                _completed = TryEnd();
                break;
        }
    }

    private bool TryWin(Rival rival)
    {
        if (_winner is null && (rival == _first || rival == _second))
        {
            _winner = rival;
            _timer?.Dispose();
            (rival == _first ? _second : _first)?.Dispose();
        }
        return _winner == rival;
    }

    private void Lose(Rival rival, Exception failure)
    {
        rival.Dispose();
        if (_winner == rival) Fail(failure);
        else if (_winner is not null || (rival != _first && rival != _second)) return;
        else if (!MayMove(failure)) Fail(failure);
        else if (rival == _second) ObserveBeside();
        else if (_second is { } second) Promote(second);
        else ObserveAlone();
    }

    private void ObserveAlone()
    {
        if (NextAlone() is not { } source)
        {
            Fail(Exhausted());
            return;
        }
        var rival = new Rival(this);
        Volatile.Write(ref _first, rival);
        Arm(rival);
        rival.Observe(source);
    }

    private void ObserveBeside()
    {
        Volatile.Write(ref _second, null);
        if (NextBeside() is not { } source) return;
        var rival = new Rival(this);
        Volatile.Write(ref _second, rival);
        rival.Observe(source);
    }

    private void Promote(Rival second)
    {
        Volatile.Write(ref _first, second);
        Volatile.Write(ref _second, null);
        Arm(second);
    }

    private void Arm(Rival alone)
    {
        _timer?.Dispose();
        _timer = scheduler.After(after, alone, static alone => alone.Due());
    }

    private void Fail(Exception failure)
    {
        if (TryEnd()) _failure = failure;
    }

    private bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    private void DisposeTries()
    {
        Volatile.Read(ref _first)?.Dispose();
        Volatile.Read(ref _second)?.Dispose();
    }

    private void Close()
    {
        try
        {
            _timer?.Dispose();
            DisposeTries();
            Release();
        }
        finally
        {
            if (_failure is not null) observer.OnError(_failure);
            else if (_completed) observer.OnCompleted();
        }
    }

    private readonly record struct Event(Kind Kind, Rival? Rival = null, T? Value = default, Exception? Failure = null);

    private sealed class Rival(RivalsSink<T> sink) : IObserver<T>, IDisposable
    {
        private SingleAssignmentDisposableValue _upstream;
        private volatile bool _over;

        public void Observe(IObservable<T> source) => _upstream.Disposable = source.Subscribe(this);

        public void Due()
        {
            sink.Post(new Event(Kind.Due, this));
        }

        public void OnNext(T value)
        {
            if (!_over) sink.Post(new Event(Kind.Value, this, value));
        }

        public void OnError(Exception error)
        {
            if (_over) return;
            _over = true;
            sink.Post(new Event(Kind.Failed, this, Failure: error));
        }

        public void OnCompleted()
        {
            if (_over) return;
            _over = true;
            sink.Post(new Event(Kind.Completed, this));
        }

        public void Dispose()
        {
            _over = true;
            _upstream.Dispose();
        }
    }
}
