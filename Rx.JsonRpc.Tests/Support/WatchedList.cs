using System.Collections;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Counts its enumerators and their disposals.</summary>
internal sealed class WatchedList<T>(IReadOnlyList<T> items) : IEnumerable<T>
{
    private int _enumerators;
    private int _disposed;

    public IReadOnlyList<T> Items => items;

    public int Enumerators => Volatile.Read(ref _enumerators);

    public int Disposed => Volatile.Read(ref _disposed);

    public IEnumerator<T> GetEnumerator()
    {
        Interlocked.Increment(ref _enumerators);
        return new Watched(this);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Watched(WatchedList<T> list) : IEnumerator<T>
    {
        private int _at = -1;

        public T Current => list.Items[_at];

        object? IEnumerator.Current => Current;

        public bool MoveNext() => ++_at < list.Items.Count;

        public void Reset() => throw new NotSupportedException();

        public void Dispose() => Interlocked.Increment(ref list._disposed);
    }
}
