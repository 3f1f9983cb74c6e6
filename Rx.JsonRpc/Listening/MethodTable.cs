using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Rx.JsonRpc.Listening;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc;

/// <summary>The methods of a small service: a handler for each name. Filled before <see cref="JsonRpcListener.Start"/>.</summary>
/// <remarks>
/// Handlers run on the listener's continuation scheduler, those of one connection one after the other in the order of arrival, those of
/// different connections at the same time. One that waits for something takes the asynchronous or the observable form, and the next call
/// goes on meanwhile.
/// <list type="table">
/// <listheader><term>what happens</term><description>the answer</description></listheader>
/// <item><term>the parameters do not fit the type</term><description>error -32602; the handler is not called</description></item>
/// <item><term>the handler throws <see cref="ErrorReplyException"/></term><description>its error</description></item>
/// <item><term>the handler cannot read a text of the parameters that holds half a surrogate pair</term><description>error -32602</description></item>
/// <item><term>the handler throws something else</term><description>error -32603, and <see cref="JsonRpcListener.Failures"/></description></item>
/// <item><term>an observable gives a value</term><description>that value; the rest is not waited for</description></item>
/// <item><term>an observable ends without a value</term><description>error -32603, and <see cref="JsonRpcListener.Failures"/></description></item>
/// <item><term>the call is a notification</term><description>none, whatever happens</description></item>
/// </list>
/// </remarks>
public sealed class MethodTable
{
    // A lambda that only throws, or says "default", fits every form: it is meant to be the plain one.
    private const int Plain = 1;

    private readonly Dictionary<string, Action<IncomingCall>> _handlers = new(StringComparer.Ordinal);

    /// <summary>Answers a method in raw JSON.</summary>
    /// <param name="name">The method's name; upper and lower case differ.</param>
    /// <param name="handler">Takes the parameters (empty when there were none), returns the result (empty for <c>null</c>).</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The name is empty, or has a handler already.</exception>
    [OverloadResolutionPriority(Plain)]
    public MethodTable On(string name, Func<RawJson, RawJson> handler) => On(Raw(name), handler);

    /// <summary>Answers a method in raw JSON, later.</summary>
    /// <param name="name">The method's name; upper and lower case differ.</param>
    /// <param name="handler">Takes the parameters, and a token that is cancelled when the peer disconnects.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The name is empty, or has a handler already.</exception>
    public MethodTable On(string name, Func<RawJson, CancellationToken, ValueTask<RawJson>> handler) => On(Raw(name), handler);

    /// <summary>Answers a method in raw JSON with the first value of an observable.</summary>
    /// <param name="name">The method's name; upper and lower case differ.</param>
    /// <param name="handler">Takes the parameters; what it returns is disposed when the peer disconnects.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The name is empty, or has a handler already.</exception>
    public MethodTable On(string name, Func<RawJson, IObservable<RawJson>> handler) => On(Raw(name), handler);

    /// <summary>Answers a method.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">Takes the parameters, returns the result.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The method has a handler already.</exception>
    [OverloadResolutionPriority(Plain)]
    public MethodTable On<TParams, TResult>(Method<TParams, TResult> method, Func<TParams, TResult> handler)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(method.Name, new DirectHandler<TParams, TResult>(method, handler).Handle);
    }

    /// <summary>Answers a method later.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">Takes the parameters, and a token that is cancelled when the peer disconnects.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The method has a handler already.</exception>
    public MethodTable On<TParams, TResult>(
        Method<TParams, TResult> method, Func<TParams, CancellationToken, ValueTask<TResult>> handler)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(method.Name, new AsyncHandler<TParams, TResult>(method, handler).Handle);
    }

    /// <summary>Answers a method with the first value of an observable.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">Takes the parameters; what it returns is disposed when the peer disconnects.</param>
    /// <returns>This table.</returns>
    /// <exception cref="ArgumentException">The method has a handler already.</exception>
    public MethodTable On<TParams, TResult>(Method<TParams, TResult> method, Func<TParams, IObservable<TResult>> handler)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(handler);
        return Add(method.Name, new ObservableHandler<TParams, TResult>(method, handler).Handle);
    }

    internal FrozenDictionary<string, Action<IncomingCall>> Freeze() => _handlers.ToFrozenDictionary(StringComparer.Ordinal);

    // A service may offer what the specification reserves for services: "rpc.discover", for instance.
    private static Method<RawJson, RawJson> Raw(string name) =>
        new(name, RawJsonTypeInfo.Instance, RawJsonTypeInfo.Instance, allowReserved: true);

    private MethodTable Add(string name, Action<IncomingCall> handler) =>
        _handlers.TryAdd(name, handler) ? this : throw new ArgumentException($"The method '{name}' has a handler already.");
}
