namespace Rx.JsonRpc.Servers;

/// <summary>What a server is there for, by order of the user or of the topology; whether it is connected is another matter.</summary>
internal enum Duty
{
    /// <summary>Takes requests.</summary>
    On,

    /// <summary>Takes no new requests; stays connected.</summary>
    Draining,

    /// <summary>Takes no new requests; closes its connections when nothing is in flight on them.</summary>
    Disabled,

    /// <summary>As disabled, and for good.</summary>
    Leaving,
}
