using System.Diagnostics.CodeAnalysis;

namespace Rx.JsonRpc;

/// <summary>
/// Objects that have served a request to its end and may serve another. Each thread has a shelf of its own; full shelves change hands where
/// one thread sends and another one hears the answer.
/// </summary>
/// <typeparam name="T">What is kept.</typeparam>
internal static class Spares<T> where T : class
{
    private const int ShelfLength = 64;
    private const int MostFullShelves = 32;

    private static readonly Lock Gate = new();
    private static readonly Stack<Place[]> Full = new();
    private static readonly Stack<Place[]> Empty = new();

    private static int _fullShelves;

    [ThreadStatic]
    private static Shelf? _own;

    /// <summary>Takes one that nobody else will get.</summary>
    public static bool TryTake([NotNullWhen(true)] out T? spare)
    {
        Shelf shelf = _own ??= new Shelf();
        if (shelf.Count == 0 && !TryFill(shelf))
        {
            spare = null;
            return false;
        }
        ref Place place = ref shelf.Places[--shelf.Count];
        spare = place.Spare!;
        place.Spare = null;
        return true;
    }

    /// <summary>Keeps one that nobody else knows any more. False where there is no room: then it is left to the collector.</summary>
    public static bool Keep(T spare)
    {
        Shelf shelf = _own ??= new Shelf();
        if (shelf.Count == ShelfLength && !TryClear(shelf)) return false;
        shelf.Places[shelf.Count++].Spare = spare;
        return true;
    }

    private static bool TryFill(Shelf shelf)
    {
        // Where none has been kept, as with objects that never end well, nobody needs the lock for it.
        if (Volatile.Read(ref _fullShelves) == 0) return false;
        lock (Gate)
        {
            if (!Full.TryPop(out Place[]? full)) return false;
            _fullShelves = Full.Count;
            Empty.Push(shelf.Places);
            shelf.Places = full;
        }
        shelf.Count = ShelfLength;
        return true;
    }

    private static bool TryClear(Shelf shelf)
    {
        lock (Gate)
        {
            if (Full.Count == MostFullShelves) return false;
            Full.Push(shelf.Places);
            _fullShelves = Full.Count;
            shelf.Places = Empty.TryPop(out Place[]? empty) ? empty : new Place[ShelfLength];
        }
        shelf.Count = 0;
        return true;
    }

    // An array of references would check the type of what it is given each time.
    private struct Place
    {
        public T? Spare;
    }

    private sealed class Shelf
    {
        public Place[] Places = new Place[ShelfLength];
        public int Count;
    }
}
