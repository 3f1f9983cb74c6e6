using System.Net;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>What became of a peer's connection.</summary>
public enum ListenerConnectionState
{
    /// <summary>The peer is connected.</summary>
    Connected,

    /// <summary>The connection has ended.</summary>
    Disconnected,

    /// <summary>The peer was turned away: too many connections, or the listener is stopping.</summary>
    Refused,
}

/// <summary>A peer connected, disconnected or was turned away.</summary>
/// <param name="Peer">Who.</param>
/// <param name="State">What happened.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Connections">How many connections there are now.</param>
/// <param name="At">When, by the listener's clock.</param>
public sealed record ListenerConnectionChange(
    [property: JsonConverter(typeof(EndPointConverter))] EndPoint Peer, ListenerConnectionState State, string Reason, int Connections,
    DateTimeOffset At)
{
    /// <summary>Why, in a few words on one line.</summary>
    public string Reason { get; init; } = OneLine.Of(Reason);

    /// <summary>One line for a log.</summary>
    /// <returns>Peer, state, reason and count.</returns>
    public override string ToString() => $"{Peer}: {State} ({Reason}); {Connections} connected";
}

/// <summary>The host's own code threw, a frame or a reply was too long, or accepting failed. The listener goes on.</summary>
/// <param name="Where">The method that was called, or what else went on.</param>
/// <param name="Peer">Whose call it was; null when it was nobody's.</param>
/// <param name="Exception">What was thrown.</param>
public sealed record ListenerFailure(
    string Where,
    [property: JsonConverter(typeof(EndPointConverter))] EndPoint? Peer,
    [property: JsonConverter(typeof(ExceptionConverter))] Exception Exception)
{
    /// <summary>The method that was called, on one line of at most 500 characters, or what else went on.</summary>
    public string Where { get; init; } = OneLine.OfPeer(Where);

    /// <summary>One line for a log.</summary>
    /// <returns>Where, whose call and what.</returns>
    public override string ToString() => OneLine.Of($"{Where}{(Peer is null ? "" : $" for {Peer}")}: {Exception.GetType().Name}: {Exception.Message}");
}
