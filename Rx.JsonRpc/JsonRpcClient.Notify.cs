using System.Diagnostics.CodeAnalysis;
using System.Reactive;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    /// <summary>A notification: sent to one server, answered by none. Cold: each subscription sends it anew.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">The parameters; read when subscribed.</param>
    /// <param name="typeInfo">How the parameters are written.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>
    /// <b>OnNext</b> then <b>OnCompleted</b>: its bytes were handed to a socket; nobody will know more. <b>OnError</b>: as for
    /// <see cref="Call"/>; it was not sent. <b>Dispose</b> takes it back if it has not left yet.
    /// </returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, or the policy faulty.</exception>
    public IObservable<Unit> Notify<TParams>(
        string method, TParams parameters, JsonTypeInfo<TParams> typeInfo, RequestPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        MethodName.ThrowIfBad(method, _options.AllowReservedMethods);
        byte[] prefix = MethodName.RequestPrefix(method);
        return new OneNotify<TParams>(this, method, prefix, parameters, typeInfo, PolicyOf(policy));
    }

    /// <summary>A notification whose parameters are written by reflection.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">The parameters; read when subscribed.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>As for the overload with <see cref="JsonTypeInfo{T}"/>.</returns>
    [RequiresUnreferencedCode("Writes the parameters by reflection. Use the overload with JsonTypeInfo when trimming.")]
    [RequiresDynamicCode("Writes the parameters by reflection. Use the overload with JsonTypeInfo for Native AOT.")]
    public IObservable<Unit> Notify<TParams>(string method, TParams parameters, RequestPolicy? policy = null) =>
        Notify(method, parameters, ReflectedJson.Of<TParams>(), policy);

    /// <summary>A notification in raw JSON.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">An object or an array; the default leaves <c>params</c> out.</param>
    /// <param name="policy">How it is carried out; null for the client's policy.</param>
    /// <returns>As for the overload with <see cref="JsonTypeInfo{T}"/>.</returns>
    public IObservable<Unit> Notify(string method, RawJson parameters = default, RequestPolicy? policy = null) =>
        Notify(method, parameters, RawJsonTypeInfo.Instance, policy);
}
