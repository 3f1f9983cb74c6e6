namespace Rx.JsonRpc;

/// <summary>
/// A failover that is its own sink for its first subscription, and serves again afterwards; a later subscription, which only a retry makes,
/// has one of its own. Who subscribes it disposes it once, and knows nothing of it any more.
/// </summary>
internal sealed class FailoverOnce<TServer, T> : FailoverSink<TServer, T>, IObservable<T>
{
    private IEnumerable<IEnumerable<TServer>> _groups;
    private IFailoverSteps<TServer, T> _steps;
    private bool _taken;

    private FailoverOnce(IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps)
        : base(groups, null!)
    {
        _groups = groups;
        _steps = steps;
    }

    public static FailoverOnce<TServer, T> Of(IEnumerable<IEnumerable<TServer>> groups, IFailoverSteps<TServer, T> steps)
    {
        if (!Spares<FailoverOnce<TServer, T>>.TryTake(out FailoverOnce<TServer, T>? once)) return new FailoverOnce<TServer, T>(groups, steps);
        once._groups = groups;
        once._steps = steps;
        return once;
    }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        // Retries come one after another: none subscribes while another one does.
        if (_taken) return Of(_groups, _steps).Subscribe(observer);
        _taken = true;
        Reset(_groups, observer);
        Run();
        return this;
    }

    protected override IObservable<T> TryOn(TServer server) => _steps.TryOn(server);

    protected override bool MayMove(Exception failure) => _steps.MayMove(failure);

    protected override bool MayGoRoundAgain() => _steps.MayGoRoundAgain();

    protected override void Recycle()
    {
        Reset(null!, null!);
        _groups = null!;
        _steps = null!;
        _taken = false;
        Spares<FailoverOnce<TServer, T>>.Keep(this);
    }
}
