using System.Collections;

namespace Rx.JsonRpc;

/// <summary>The items and the one number that changes: the last turn that was taken.</summary>
internal sealed class RoundRobinTurns<T> : IWalkable<T>
{
    private readonly T[] _items;
    private readonly WeightedTurns? _weighted;

    // 64 bits, read as unsigned: a billion turns a second need five centuries to wrap.
    private long _turn;

    /// <param name="items">The items; not copied.</param>
    /// <param name="weights">Their weights; null when all are equal.</param>
    /// <param name="lastTurn">The turn before the first one.</param>
    internal RoundRobinTurns(T[] items, int[]? weights, long lastTurn = -1)
    {
        _items = items;
        _weighted = weights is null ? null : WeightedTurns.Of(weights);
        _turn = lastTurn;
    }

    /// <summary>The last turn that was taken, for one who goes on from there with other items.</summary>
    internal long LastTurn => Interlocked.Read(ref _turn);

    public WalkPlace<T>? Begin() => _weighted is null ? new WalkPlace<T>(_items, Start()) : null;

    public IEnumerator<T> GetEnumerator() => _weighted is null ? InListOrder() : ByWeight(_weighted);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerator<T> InListOrder()
    {
        var walk = new Walk<T>();
        walk.Begin(this);
        while (walk.TryMoveNext(out T? item)) yield return item;
    }

    private IEnumerator<T> ByWeight(WeightedTurns weighted)
    {
        ulong turn = TakeTurn();
        int start = weighted.Start(turn);
        yield return _items[start];
        var left = weighted.Others(turn, start);
        while (left.TryTake(out int next)) yield return _items[next];
    }

    private int Start() => _items.Length == 0 ? 0 : (int)(TakeTurn() % (ulong)_items.Length);

    private ulong TakeTurn() => (ulong)Interlocked.Increment(ref _turn);
}
