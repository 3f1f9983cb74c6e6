using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class Server
{
    private const long Never = -1;

    private long _returnedAt = Never;
    private long _failedBackAt = Never;
    private bool _hasServed;
    private bool _enabledByHand;

    /// <summary>When it came back after it had been away for any reason, by the client's stopwatch; null when it never was.</summary>
    internal TimeSpan? ReturnedAt => At(ref _returnedAt);

    /// <summary>When it last came back by itself, from a loss or an ejection; null when an order of the user brought it back since.</summary>
    internal TimeSpan? FailedBackAt => At(ref _failedBackAt);

    /// <summary>
    /// Requests in flight, quickly; only kept for <see cref="Balancing.LeastInFlight"/>. Without a connection it is the last to choose; but
    /// an ejected one has to be asked, or nobody would ever probe it.
    /// </summary>
    internal double Load
    {
        get
        {
            if (_duty != Duty.On) return double.PositiveInfinity;
            int load = 0;
            bool connected = false;
            foreach (ServerLink link in _links)
            {
                if (link.Connection is not { } connection) continue;
                connected = true;
                load += connection.Pending.Load;
            }
            return connected ? load : double.PositiveInfinity;
        }
    }

    private static TimeSpan? At(ref long ticks) => Interlocked.Read(ref ticks) is var at and not Never ? TimeSpan.FromTicks(at) : null;

    private void NoteReturnLocked()
    {
        if (_hasServed)
        {
            long now = _services.Stopwatch.Elapsed.Ticks;
            Interlocked.Exchange(ref _failedBackAt, _enabledByHand ? Never : now);
            Interlocked.Exchange(ref _returnedAt, now);
        }
        _hasServed = true;
        _enabledByHand = false;
    }
}
