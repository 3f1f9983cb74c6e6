namespace Rx.JsonRpc;

/// <summary>The state of one subscription that tries one server after another.</summary>
internal abstract class FailoverSink<TServer, T>(IEnumerable<IEnumerable<TServer>> groups, IObserver<T> observer) : AttemptsSink<T>(observer)
{
    private PriorityWalk<TServer> _walk = new(groups);
    private List<Exception>? _failures;

    public void Run() => Signal();

    /// <summary>Makes the attempt on one server.</summary>
    protected abstract IObservable<T> TryOn(TServer server);

    /// <summary>Whether the next server may be tried after this failure.</summary>
    protected abstract bool MayMove(Exception failure);

    /// <summary>Whether the servers may be tried once more, from the first one on, when none is left.</summary>
    protected virtual bool MayGoRoundAgain() => false;

    protected sealed override IObservable<T>? Next(Exception? failure, ref Exception? end)
    {
        if (failure is not null)
        {
            if (!MayMove(failure))
            {
                end = failure;
                return null;
            }
            (_failures ??= []).Add(failure);
        }
        if (_walk.TryMoveNext(out TServer? server)) return TryOn(server);
        if (MayGoRoundAgain() && _walk.TryStartAgain(out server)) return TryOn(server);
        end = PriorityWalk<TServer>.Exhausted(_failures);
        return null;
    }

    protected sealed override void Release() => _walk.Release();

    /// <summary>Makes it as good as new, for other groups and another observer.</summary>
    protected void Reset(IEnumerable<IEnumerable<TServer>> groups, IObserver<T> observer)
    {
        Reset(observer);
        _walk = new PriorityWalk<TServer>(groups);
        _failures = null;
    }
}
