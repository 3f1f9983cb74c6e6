using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>What kind of outcome resumes the suspended work.</summary>
public enum OutcomeKind
{
    /// <summary>The server gave a result.</summary>
    Result,

    /// <summary>The server gave a JSON-RPC error.</summary>
    Error,

    /// <summary>The last attempt that reached a server ran out of time, or there was no time for any.</summary>
    Timeout,

    /// <summary>No server could be reached, or the request or reply was faulty.</summary>
    Failure,

    /// <summary>Nobody waits any more: disposed, or the client was.</summary>
    Cancelled,
}

/// <summary>What resumes suspended work: a result, an error or a failure.</summary>
/// <typeparam name="T">The result's type.</typeparam>
public readonly struct Outcome<T>
{
    /// <summary>Which of the others to look at.</summary>
    public OutcomeKind Kind { get; init; }

    /// <summary>The result of <see cref="OutcomeKind.Result"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public T? Result { get; init; }

    /// <summary>The error of <see cref="OutcomeKind.Error"/>.</summary>
    public JsonRpcError? Error { get; init; }

    /// <summary>What went wrong for <see cref="OutcomeKind.Timeout"/> and <see cref="OutcomeKind.Failure"/>; may be null when cancelled.</summary>
    [JsonConverter(typeof(ExceptionConverter))]
    public Exception? Failure { get; init; }

    /// <summary>
    /// What Kamailio's <c>jsonrpcc</c> puts into its result variable: empty for a result, the error's message, <c>timeout</c>,
    /// <c>failure</c>; and <c>cancelled</c>, which the module does not know.
    /// </summary>
    public string Reason => Kind switch
    {
        OutcomeKind.Result => "",
        OutcomeKind.Error => Error?.Message ?? "",
        OutcomeKind.Timeout => "timeout",
        OutcomeKind.Failure => "failure",
        _ => "cancelled",
    };

    /// <summary>Every attempt on every server; empty where none was made or none is known.</summary>
    public IReadOnlyList<Attempt> Attempts { get => field ?? []; init; }

    /// <summary>The outcome of a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>A result or an error.</returns>
    public static Outcome<T> From(Reply<T> reply) => new()
    {
        Kind = reply.IsError ? OutcomeKind.Error : OutcomeKind.Result,
        Result = reply.Result,
        Error = reply.Error,
        Attempts = reply.Attempts,
    };

    /// <summary>The outcome of a failure.</summary>
    /// <param name="failure">What ended the request.</param>
    /// <returns>A timeout (also when the last of several failures was one), a cancellation (the client was disposed), an error (at the edge it is an exception) or a failure.</returns>
    public static Outcome<T> From(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var error = failure as ErrorReplyException;
        return new Outcome<T>
        {
            Kind = failure switch
            {
                TimeoutException or RequestTimeoutException => OutcomeKind.Timeout,
                // The operators alone, without the client's edge: the last failure decides.
                AggregateException { InnerExceptions: [.., TimeoutException or RequestTimeoutException] } => OutcomeKind.Timeout,
                ObjectDisposedException => OutcomeKind.Cancelled,
                ErrorReplyException => OutcomeKind.Error,
                _ => OutcomeKind.Failure,
            },
            Error = error?.Error,
            Failure = error is null ? failure : null,
            Attempts = (failure as JsonRpcException)?.Attempts ?? [],
        };
    }

    /// <summary>The outcome of work that nobody waits for any more.</summary>
    /// <returns>A cancellation.</returns>
    public static Outcome<T> Cancelled() => new() { Kind = OutcomeKind.Cancelled };

    /// <summary>Kind and reason.</summary>
    /// <returns>One line for a log, without the result.</returns>
    public override string ToString() => Reason.Length == 0 ? $"{Kind}" : $"{Kind}: {OneLine.OfPeer(Reason)}";
}
