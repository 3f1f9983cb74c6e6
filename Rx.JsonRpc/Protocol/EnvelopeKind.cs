namespace Rx.JsonRpc.Protocol;

/// <summary>What a message is.</summary>
internal enum EnvelopeKind
{
    /// <summary>The frame is not one JSON text in UTF-8, or nests too deeply.</summary>
    NotJson,

    /// <summary>JSON, but no message of JSON-RPC, or one whose value nests too deeply.</summary>
    Invalid,

    /// <summary>A reply with a result.</summary>
    Result,

    /// <summary>A reply with an error.</summary>
    Error,

    /// <summary>A request that awaits a reply.</summary>
    Call,

    /// <summary>A request that awaits none.</summary>
    Notification,
}
