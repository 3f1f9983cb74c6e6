namespace Rx.JsonRpc;

/// <summary>What several threads have to say, to be dealt with one after another by the one of them that found nobody at work.</summary>
internal sealed class EventLine<T>
{
    private readonly Lock _gate = new();
    private readonly Queue<T> _line = new();
    private bool _atWork;

    /// <summary>True when the caller is the one to work: it takes until nothing is left. When it stops before, nobody works any more.</summary>
    public bool TryEnter(in T said)
    {
        lock (_gate)
        {
            _line.Enqueue(said);
            if (_atWork) return false;
            return _atWork = true;
        }
    }

    public bool TryTake(out T? next)
    {
        lock (_gate) return _atWork = _line.TryDequeue(out next);
    }
}
