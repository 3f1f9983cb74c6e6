namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    /// <summary>
    /// A request as a task: <see cref="Request{TParams, TResult}(Method{TParams, TResult}, TParams, RequestPolicy)"/>, subscribed at once and
    /// awaited. The same recipe at the lowest price: it allocates the result and one small object.
    /// </summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="parameters">The parameters; read before this returns, and again for each replay.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <param name="cancellationToken">Stops waiting, and takes the request back if it has not left yet.</param>
    /// <returns>
    /// The result; await it once, as every <see cref="ValueTask"/>. It fails as the observable does, an error reply with
    /// <see cref="ErrorReplyException"/>, and with <see cref="OperationCanceledException"/> when the token is cancelled. What follows the
    /// <c>await</c> runs on the continuation scheduler, or on the caller's synchronization context; never inside a call to
    /// <see cref="CancellationTokenSource.Cancel()"/>, unless the continuations are inline.
    /// </returns>
    public ValueTask<TResult> RequestAsync<TParams, TResult>(
        Method<TParams, TResult> method, TParams parameters, RequestPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        return OneAwaitedCall<TParams, TResult>.Of(this, method, parameters, PolicyOf(policy)).AwaitAsync(cancellationToken);
    }

    /// <summary>A request in raw JSON as a task.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">An object or an array; the default leaves <c>params</c> out.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <param name="cancellationToken">Stops waiting, and takes the request back if it has not left yet.</param>
    /// <returns>The result's JSON as it was received; otherwise as for the typed request.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, or the policy faulty.</exception>
    public ValueTask<RawJson> RequestAsync(
        string method, RawJson parameters = default, RequestPolicy? policy = null, CancellationToken cancellationToken = default) =>
        RequestAsync(Raw(method), parameters, policy, cancellationToken);
}
