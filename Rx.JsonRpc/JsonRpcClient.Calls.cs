namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    /// <summary>
    /// The requests of servers for whose method nobody has subscribed <see cref="CallsTo"/>. Hot, never concurrent, in order for each
    /// server; completes when the client is disposed. Whoever subscribes answers each of them: what is left is answered by
    /// <see cref="JsonRpcClientOptions.ServerCallTimeout"/>. While nobody has subscribed they are answered with error -32601 at once. One
    /// whose observer throws is answered with error -32603, see <see cref="Failures"/>. The first subscription starts the client, see
    /// <see cref="JsonRpcClientOptions.AutoStart"/>.
    /// </summary>
    public IObservable<ServerRequest> Calls { get; }

    /// <summary>The requests of servers for one method. Subscribing is what makes the client know the method; unsubscribing ends it.</summary>
    /// <param name="method">The method's name; upper and lower case differ.</param>
    /// <returns>Hot, as <see cref="Calls"/>, which does not see these while somebody has subscribed here.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public IObservable<ServerRequest> CallsTo(string method)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        return _start.With(_services.Calls.To(method));
    }
}
