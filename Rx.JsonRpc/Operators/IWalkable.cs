namespace Rx.JsonRpc;

/// <summary>What can be walked through without an enumerator, which would be an object for each walk: the walker keeps the place.</summary>
/// <typeparam name="T">The items.</typeparam>
internal interface IWalkable<T> : IEnumerable<T>
{
    /// <summary>Begins a walk; null when this one needs an enumerator after all.</summary>
    WalkPlace<T>? Begin();
}

/// <summary>A place in items that are walked through once around.</summary>
/// <param name="Items">The items.</param>
/// <param name="Start">Where it begins.</param>
internal readonly record struct WalkPlace<T>(T[] Items, int Start);
