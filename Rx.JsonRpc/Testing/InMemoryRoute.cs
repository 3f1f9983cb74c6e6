using System.Net;
using System.Reactive.Concurrency;

namespace Rx.JsonRpc.Testing;

/// <summary>The way to one end point of an <see cref="InMemoryNetwork"/>, and what is wrong with it.</summary>
/// <remarks>
/// Faults add up until <see cref="Heal"/> lifts them all; each can be set at any time, and holds for the connections that are open as
/// well as for those to come. Every delay runs on the scheduler of the network.
/// </remarks>
public sealed class InMemoryRoute
{
    private readonly Lock _gate = new();
    private readonly List<InMemoryCable> _open = [];
    private readonly EndPoint _endPoint;
    private readonly IScheduler? _clock;
    private volatile InMemoryFaults _faults = InMemoryFaults.None;
    private Action _healed = () => { };

    internal InMemoryRoute(EndPoint endPoint, IScheduler? clock)
    {
        _endPoint = endPoint;
        _clock = clock;
    }

    internal InMemoryFaults Faults => _faults;

    internal DateTimeOffset Now => _clock?.Now ?? default;

    /// <summary>Connecting is refused, as if nobody listened. Open connections stay.</summary>
    /// <returns>This route.</returns>
    public InMemoryRoute Refuse() => Change(faults => faults with { Connect = ConnectFault.Refused });

    /// <summary>Connecting succeeds, and the connection is closed at once; the server never hears of it.</summary>
    /// <returns>This route.</returns>
    public InMemoryRoute CloseOnConnect() => Change(faults => faults with { Connect = ConnectFault.ClosedAtOnce });

    /// <summary>Connecting neither succeeds nor fails, until it is cancelled or the route heals.</summary>
    /// <returns>This route.</returns>
    public InMemoryRoute NeverConnect() => Change(faults => faults with { Connect = ConnectFault.Unanswered });

    /// <summary>Connecting takes so long.</summary>
    /// <param name="delay">How long.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute ConnectDelay(TimeSpan delay) => Change(faults => faults with { ConnectDelay = Timed(delay) });

    /// <summary>
    /// Connecting succeeds, but no byte arrives, in either direction, and no end of the stream. What is sent meanwhile fills the sender's
    /// buffer of 64 KiB, after which its flush waits; it arrives when the route heals, as TCP would send it again.
    /// </summary>
    /// <returns>This route.</returns>
    public InMemoryRoute BlackHole() => Change(faults => faults with { BlackHole = true });

    /// <summary>Each byte, and the end of the stream, arrives so much later, in both directions.</summary>
    /// <param name="latency">How much later.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute Latency(TimeSpan latency) => Latency(latency, latency);

    /// <summary>Each byte, and the end of the stream, arrives so much later.</summary>
    /// <param name="toServer">What the client sends.</param>
    /// <param name="toClient">What the server sends.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute Latency(TimeSpan toServer, TimeSpan toClient) =>
        Change(faults => faults with { LatencyToServer = Timed(toServer), LatencyToClient = Timed(toClient) });

    /// <summary>What is sent, in both directions, arrives a few bytes at a time: the first at once.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="each">How long until the next.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute Drip(int bytes, TimeSpan each)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        return Change(faults => faults with { DripBytes = bytes, DripEach = Timed(each) });
    }

    /// <summary>
    /// Resets each connection as soon as the client has sent so many bytes more; with 0, in place of the first. What passed has arrived.
    /// </summary>
    /// <param name="bytes">How many, counted from now, or from a new connection's first.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute CutToServerAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Change(faults => faults with { CutToServer = bytes }, newCut: true);
    }

    /// <summary>
    /// Resets each connection as soon as the server has sent so many bytes more; with 0, in place of the first. What passed has arrived.
    /// </summary>
    /// <param name="bytes">How many, counted from now, or from a new connection's first.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute CutToClientAfter(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Change(faults => faults with { CutToClient = bytes }, newCut: true);
    }

    /// <summary>The client receives these bytes, which the server never sent, on each open connection and first on each new one.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>This route.</returns>
    public InMemoryRoute Garbage(ReadOnlySpan<byte> bytes)
    {
        byte[] garbage = bytes.ToArray();
        Change(faults => faults with { Garbage = garbage });
        foreach (InMemoryCable cable in Open()) cable.ToClient.Inject(garbage);
        return this;
    }

    /// <summary>Resets every open connection now: both ends' reads and flushes throw.</summary>
    /// <returns>This route.</returns>
    public InMemoryRoute Reset()
    {
        foreach (InMemoryCable cable in Open()) cable.Reset();
        return this;
    }

    /// <summary>Lifts every fault. What a black hole held arrives, and who was left connecting is connected.</summary>
    /// <returns>This route.</returns>
    public InMemoryRoute Heal()
    {
        Change(_ => InMemoryFaults.None, newCut: true);
        Interlocked.Exchange(ref _healed, () => { })();
        return this;
    }

    internal void Thaw() => Change(faults => faults with { BlackHole = false });

    internal void WhenHealed(Action action) => _healed += action;

    internal IDisposable Schedule(TimeSpan after, Action action) => _clock!.After(after, action);

    internal (InMemoryConnection Client, InMemoryConnection Server) Lay(EndPoint client)
    {
        var cable = new InMemoryCable(this, client, _endPoint);
        lock (_gate) _open.Add(cable);
        return (cable.Client, cable.Server);
    }

    internal void Forget(InMemoryCable cable)
    {
        lock (_gate) _open.Remove(cable);
    }

    private InMemoryRoute Change(Func<InMemoryFaults, InMemoryFaults> change, bool newCut = false)
    {
        lock (_gate) _faults = change(_faults);
        foreach (InMemoryCable cable in Open()) cable.Reconsider(newCut);
        return this;
    }

    private InMemoryCable[] Open()
    {
        lock (_gate) return [.. _open];
    }

    private TimeSpan Timed(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return _clock is not null || delay == TimeSpan.Zero
            ? delay
            : throw new InvalidOperationException($"A delay on the way to {_endPoint} needs a clock: new InMemoryNetwork(scheduler)");
    }
}
