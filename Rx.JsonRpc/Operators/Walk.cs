using System.Diagnostics.CodeAnalysis;

namespace Rx.JsonRpc;

/// <summary>One way through items. A struct with state: keep it in a field.</summary>
/// <typeparam name="T">The items.</typeparam>
internal struct Walk<T>
{
    private IEnumerator<T>? _enumerator;
    private T[]? _items;
    private int _start;
    private int _taken;

    /// <summary>Whether it has begun and not been released.</summary>
    public readonly bool IsUnderWay => _items is not null || _enumerator is not null;

    public void Begin(IEnumerable<T> items)
    {
        _taken = 0;
        if ((items as IWalkable<T>)?.Begin() is not { } place) _enumerator = items.GetEnumerator();
        else (_items, _start) = (place.Items, place.Start);
    }

    public bool TryMoveNext([MaybeNullWhen(false)] out T item)
    {
        if (_items is not { } items)
        {
            bool moved = _enumerator!.MoveNext();
            item = moved ? _enumerator.Current : default;
            return moved;
        }
        if (_taken == items.Length)
        {
            item = default;
            return false;
        }
        int index = _start + _taken++;
        item = items[index < items.Length ? index : index - items.Length];
        return true;
    }

    public void Release()
    {
        IEnumerator<T>? enumerator = _enumerator;
        _items = null;
        _enumerator = null;
        enumerator?.Dispose();
    }
}
