namespace Rx.JsonRpc;

/// <summary>Which server of a group is asked first. The others of the group follow, each once, whichever it is.</summary>
public enum Balancing
{
    /// <summary>Each request starts one server further; with unequal weights, in proportion to them.</summary>
    RoundRobin,

    /// <summary>Of two servers that are drawn at random by weight, the one with fewer requests in flight for its weight.</summary>
    LeastInFlight,
}
