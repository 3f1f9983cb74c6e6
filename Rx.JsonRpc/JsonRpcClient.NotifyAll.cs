using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    /// <summary>A notification to every server of a group. Cold: each subscription sends it anew.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">The parameters; read when subscribed, once for each server.</param>
    /// <param name="typeInfo">How the parameters are written.</param>
    /// <param name="group">
    /// One of <see cref="Groups"/>. Null: the first group of them, when subscribed, with a server that takes requests; with none anywhere,
    /// the first. A client whose topology names no server reports nothing.
    /// </param>
    /// <param name="policy">Its timeouts hold for each server; null for the client's policy. Nothing is sent a second time.</param>
    /// <returns>
    /// <b>OnNext</b>: what became of it on one server, as each is known. <b>OnCompleted</b>: after the last; a drained or disposed client
    /// reports so for each. There is no <b>OnError</b>. <b>Dispose</b> takes back what has not left yet.
    /// </returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, the policy faulty, or the group another client's.</exception>
    public IObservable<NotifyReport> NotifyAll<TParams>(
        string method, TParams parameters, JsonTypeInfo<TParams> typeInfo, ServerGroup? group = null, RequestPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        MethodName.ThrowIfBad(method, _options.AllowReservedMethods);
        // One try for each server: nothing is hedged, and no quantile is fed.
        RequestPolicy once = PolicyOf(policy) with { Hedge = null };
        if (group is not null && !Groups.Contains(group)) throw new ArgumentException("The group is not one of this client's.", nameof(group));
        byte[] prefix = MethodName.RequestPrefix(method);
        return new Broadcast(
            () => Receivers(group),
            server => new OneNotifyTo<TParams>(server, this, method, prefix, parameters, typeInfo, once));
    }

    private IReadOnlyList<Server> Receivers(ServerGroup? group)
    {
        // Before the look: a topology may give the first servers.
        _start.OnUse();
        return (group ?? Groups.FirstOrDefault(each => each.Servers.Any(server => server.IsUsable)) ?? Groups.FirstOrDefault())?.Servers ?? [];
    }

    /// <summary>A notification to every server of a group, whose parameters are written by reflection.</summary>
    /// <typeparam name="TParams">The parameters' type.</typeparam>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">The parameters; read when subscribed, once for each server.</param>
    /// <param name="group">As for the overload with <see cref="JsonTypeInfo{T}"/>.</param>
    /// <param name="policy">Its timeouts hold for each server; null for the client's policy.</param>
    /// <returns>As for the overload with <see cref="JsonTypeInfo{T}"/>.</returns>
    [RequiresUnreferencedCode("Writes the parameters by reflection. Use the overload with JsonTypeInfo when trimming.")]
    [RequiresDynamicCode("Writes the parameters by reflection. Use the overload with JsonTypeInfo for Native AOT.")]
    public IObservable<NotifyReport> NotifyAll<TParams>(
        string method, TParams parameters, ServerGroup? group = null, RequestPolicy? policy = null) =>
        NotifyAll(method, parameters, ReflectedJson.Of<TParams>(), group, policy);

    /// <summary>A notification in raw JSON to every server of a group.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="parameters">An object or an array; the default leaves <c>params</c> out.</param>
    /// <param name="group">As for the overload with <see cref="JsonTypeInfo{T}"/>.</param>
    /// <param name="policy">Its timeouts hold for each server; null for the client's policy.</param>
    /// <returns>As for the overload with <see cref="JsonTypeInfo{T}"/>.</returns>
    public IObservable<NotifyReport> NotifyAll(
        string method, RawJson parameters = default, ServerGroup? group = null, RequestPolicy? policy = null) =>
        NotifyAll(method, parameters, RawJsonTypeInfo.Instance, group, policy);
}
