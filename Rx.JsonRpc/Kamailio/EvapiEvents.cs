using System.Net;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc.Kamailio;

/// <summary>The states of a connection to an evapi socket.</summary>
public enum EvapiState
{
    /// <summary>Not started, or a connection is being opened.</summary>
    Connecting,

    /// <summary>Events come.</summary>
    Connected,

    /// <summary>Not connected; the next attempt comes when the backoff has passed.</summary>
    Waiting,

    /// <summary>The gateway is disposed.</summary>
    Closed,
}

/// <summary>A connection to an evapi socket changed its state.</summary>
/// <param name="Socket">Which socket.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state now.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="At">When, by the gateway's clock.</param>
public sealed record EvapiChange(
    [property: JsonConverter(typeof(EndPointConverter))] EndPoint Socket, EvapiState From, EvapiState To, string Reason, DateTimeOffset At)
{
    /// <summary>Why, in a few words on one line.</summary>
    public string Reason { get; init; } = OneLine.Of(Reason);

    /// <summary>One line for a log.</summary>
    /// <returns>Socket, states and reason.</returns>
    public override string ToString() => $"evapi {new ServerAddress(Socket)}: {From} -> {To} ({Reason})";
}

/// <summary>A notification that Kamailio's script asks to be sent; nobody waits for it.</summary>
/// <param name="Socket">The evapi socket it came from.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Parameters">The parameters; empty when there were none.</param>
/// <param name="Pool">The named pool of servers; empty when the event names none.</param>
public sealed record EvapiNotification(
    [property: JsonConverter(typeof(EndPointConverter))] EndPoint Socket,
    string Method,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] RawJson Parameters,
    string Pool)
{
    /// <summary>Parameters are a copy of their own, so that nothing else of the event is kept.</summary>
    internal int KeptBytes => Parameters.Utf8.Length;

    /// <summary>One line for a log, without the parameters.</summary>
    /// <returns>Socket, method and pool.</returns>
    public override string ToString() => OneLine.Of($"evapi {new ServerAddress(Socket)}: notification {OneLine.OfPeer(Method)} {OneLine.OfPeer(Pool)}");
}

/// <summary>What was wrong about an event, or with what became of it.</summary>
public enum EvapiProblem
{
    /// <summary>Not a usable event, and it cannot be told which transaction waits for it: dropped.</summary>
    Unreadable,

    /// <summary>Not a usable event; its transaction was resumed at its error route.</summary>
    BadEvent,

    /// <summary>As many are in flight, or as many bytes are kept, as the options allow, or the gateway drains: resumed at its error route, or dropped.</summary>
    Refused,

    /// <summary>The same transaction was suspended anew while an earlier event of it was in flight; that one became inert.</summary>
    Superseded,

    /// <summary>The answer was longer than the options allow; a failure was sent in its place.</summary>
    AnswerTooLong,

    /// <summary>A notification could not be sent.</summary>
    NotNotified,

    /// <summary>
    /// An observer of the gateway threw. One that was given a transaction stays subscribed, and the transaction is resumed at its error
    /// route unless it was resumed before; any other observer is unsubscribed. Only counted when it observed the diagnostics.
    /// </summary>
    HandlerFailed,
}

/// <summary>Something that Kamailio sent, or was to be sent, went wrong. The connection stays.</summary>
/// <param name="Socket">Which evapi socket.</param>
/// <param name="Problem">What kind of problem.</param>
/// <param name="Detail">What exactly, in a few words.</param>
public sealed record EvapiDiagnostic(
    [property: JsonConverter(typeof(EndPointConverter))] EndPoint Socket, EvapiProblem Problem, string Detail)
{
    /// <summary>What exactly, in a few words on one line.</summary>
    public string Detail { get; init; } = OneLine.Of(Detail);

    /// <summary>One line for a log.</summary>
    /// <returns>Socket, problem and detail.</returns>
    public override string ToString() => $"evapi {new ServerAddress(Socket)}: {Problem} ({Detail})";
}
