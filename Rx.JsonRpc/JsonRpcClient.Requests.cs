using System.Reactive;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    /// <summary>
    /// A request before anybody subscribes it: what its subscriptions have in common. Classes and not lambdas, for each lambda and what
    /// it captures would be two objects more for every request.
    /// </summary>
    private abstract class OneRequest<T>(JsonRpcClient client, string method, bool idempotent, RequestPolicy policy, RequestRecorder? recorder)
        : RequestEdge<T>(client._openRequests, recorder)
    {
        private readonly HedgePlan? _hedge = client.HedgeOf(method, policy, idempotent);

        public string Method { get; } = method;

        public RequestPolicy Policy { get; } = policy;

        /// <summary>One try on one server.</summary>
        public abstract IObservable<Reply<T>> Send(Server server, AttemptRecord attempt);

        public IObservable<Reply<T>> Try(Server server, AttemptRecord attempt) => client.Try(this, server, attempt);

        protected override RequestTrail Begin() =>
            new OneTrail<T>(this, client, ReplayRules.MayMove(Policy.Replay, idempotent), _hedge) { Idempotent = idempotent };

        protected override IObservable<Reply<T>> Pipeline(RequestTrail trail) => client.Recipe(this, (OneTrail<T>)trail);
    }

    /// <summary>A request that a server answers.</summary>
    private sealed class OneCall<TParams, T>(JsonRpcClient client, Method<TParams, T> method, TParams parameters, RequestPolicy policy)
        : OneRequest<T>(client, method.Name, method.Idempotent, policy, client._services.Recorder)
    {
        public override IObservable<Reply<T>> Send(Server server, AttemptRecord attempt) => server.Call(method, parameters, attempt);
    }

    /// <summary>A notification.</summary>
    private class OneNotify<TParams>(
        JsonRpcClient client, string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, RequestPolicy policy)
        : OneRequest<Unit>(client, method, idempotent: false, policy, recorder: null)
    {
        public override IObservable<Reply<Unit>> Send(Server server, AttemptRecord attempt) =>
            server.Notify(Method, prefix, parameters, typeInfo, attempt);
    }

    /// <summary>A notification to one server and no other: one try.</summary>
    private sealed class OneNotifyTo<TParams>(
        Server server, JsonRpcClient client, string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, RequestPolicy policy)
        : OneNotify<TParams>(client, method, prefix, parameters, typeInfo, policy)
    {
        private readonly TimerQueue _timers = client._timers;

        protected override IObservable<Reply<Unit>> Pipeline(RequestTrail trail) =>
            ((OneTrail<Unit>)trail).TryOn(server).WithinOnce(trail.Limit.Due, _timers);
    }

    /// <summary>One subscription of a request.</summary>
    private sealed class OneTrail<T>(
        OneRequest<T> request, JsonRpcClient client, Func<Exception, bool> mayMove, HedgePlan? hedge)
        : RequestTrail(request.Method, client._stopwatch, client._replayTokens, mayMove, TimeLimit.Of(request.Policy, client._clock), hedge),
            IFailoverSteps<Server, Reply<T>>
    {
        public OneRequest<T> Request => request;

        public IObservable<Reply<T>> TryOn(Server server) => new OneAttempt<T>(server, this);
    }

    private sealed class OneAttempt<T>(Server server, OneTrail<T> trail) : RecordedAttempt<T>(server, trail, trail.Request.Policy)
    {
        protected override IObservable<Reply<T>> Try() => trail.Request.Try(Server, this);
    }
}
