using System.Collections.Concurrent;

namespace Rx.JsonRpc.Protocol;

/// <summary>The methods that are called in raw JSON, by name, so that a name is checked and encoded once and not for each request.</summary>
internal sealed class RawMethods(bool allowReserved)
{
    // Names may come from the network: neither many nor long ones may be kept. Those that do not fit are made for each request.
    private const int MostMethods = 1000;
    private const int LongestName = 256;

    private readonly ConcurrentDictionary<string, Method<RawJson, RawJson>> _plain = new();
    private readonly ConcurrentDictionary<string, Method<RawJson, RawJson>> _idempotent = new();
    private int _kept;

    /// <summary>How many are kept.</summary>
    public int Count => Volatile.Read(ref _kept);

    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public Method<RawJson, RawJson> Of(string name, bool idempotent)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ConcurrentDictionary<string, Method<RawJson, RawJson>> known = idempotent ? _idempotent : _plain;
        if (known.TryGetValue(name, out Method<RawJson, RawJson>? method)) return method;
        method = new Method<RawJson, RawJson>(name, RawJsonTypeInfo.Instance, RawJsonTypeInfo.Instance, idempotent, allowReserved);
        // Counted before it is kept: however many come at once, no more than that are kept.
        if (name.Length > LongestName || Count >= MostMethods) return method;
        if (Interlocked.Increment(ref _kept) > MostMethods || !known.TryAdd(name, method)) Interlocked.Decrement(ref _kept);
        return method;
    }
}
