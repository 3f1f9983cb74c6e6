using System.Threading.Tasks.Sources;

namespace Rx.JsonRpc.Tool.Load;

/// <summary>Awaits one request after the other without allocating for it, so that what the client allocates can be told.</summary>
internal sealed class ReplyAwaiter : IObserver<Reply<RawJson>>, IValueTaskSource<string?>
{
    public const string Timeout = "timeout";
    private const string ErrorReply = "error ";

    private ManualResetValueTaskSourceCore<string?> _core;
    private string? _error;

    public static bool IsErrorReply(string kind) => kind.StartsWith(ErrorReply, StringComparison.Ordinal);

    /// <summary>Sends a request.</summary>
    /// <returns>Null for a result, else the kind of error.</returns>
    public ValueTask<string?> Send(IObservable<Reply<RawJson>> request)
    {
        _core.Reset();
        _error = null;
        request.Subscribe(this);
        return new ValueTask<string?>(this, _core.Version);
    }

    void IObserver<Reply<RawJson>>.OnNext(Reply<RawJson> reply) => _error = reply.Error is { } error ? $"{ErrorReply}{error.Code}" : null;

    void IObserver<Reply<RawJson>>.OnCompleted() => _core.SetResult(_error);

    void IObserver<Reply<RawJson>>.OnError(Exception failure) => _core.SetResult(KindOf(failure));

    string? IValueTaskSource<string?>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<string?>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<string?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private static string KindOf(Exception failure) => failure switch
    {
        RequestTimeoutException => Timeout,
        NoServerException or ServerUnavailableException => "no server",
        ConnectionLostException or ProtocolViolationException => "connection lost",
        _ => "faulty",
    };
}
