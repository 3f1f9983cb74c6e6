using System.Reactive;
using System.Reactive.Concurrency;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc;

public sealed partial class JsonRpcClient
{
    /// <summary>
    /// A request before anybody subscribes it. Classes and not lambdas, for each lambda and what it captures would be two objects more
    /// for every request; and what can be asked of the client or the method is not kept.
    /// </summary>
    private abstract class OneRequest<T>(JsonRpcClient client, RequestPolicy policy) : RequestEdge<T>
    {
        private RequestPolicy _policy = policy;

        public JsonRpcClient Client { get; private set; } = client;

        public override RequestPolicy Policy => _policy;

        public override OpenRequests OpenRequests => Client._openRequests;

        public override ReplayTokens ReplayTokens => Client._replayTokens;

        public override IStopwatch Stopwatch => Client._stopwatch;

        public override IScheduler Clock => Client._clock;

        public override Continuations Continuations => Client._services.Continuations;

        public override void Report(Exception thrown) => Client._services.Report(Method, null, thrown);

        public override HedgePlan? NewHedge() => Client.HedgeOf(Method, _policy, Idempotent);

        /// <summary>One try on one server.</summary>
        public abstract IObservable<Reply<T>> Send(Server server, AttemptRecord attempt);

        /// <summary>Nobody knows it any more, unless it was given to the caller.</summary>
        public virtual void Recycle()
        {
        }

        protected void Reset(JsonRpcClient client, RequestPolicy policy)
        {
            Client = client;
            _policy = policy;
        }

        protected override RequestTrail Begin() => OneTrail<T>.Of(this);

        protected override IObservable<Reply<T>> Pipeline(RequestTrail trail) => Client.Recipe(this, (OneTrail<T>)trail);
    }

    /// <summary>A request that a server answers.</summary>
    private class OneCall<TParams, T>(JsonRpcClient client, Method<TParams, T> method, TParams parameters, RequestPolicy policy)
        : OneRequest<T>(client, policy)
    {
        private Method<TParams, T> _method = method;
        private TParams _parameters = parameters;

        public override string Method => _method.Name;

        public override bool Idempotent => _method.Idempotent;

        public override RequestRecorder? Recorder => Client._services.Recorder;

        public override IObservable<Reply<T>> Send(Server server, AttemptRecord attempt) => server.CallOnce(_method, _parameters, attempt);

        protected void Reset(JsonRpcClient client, Method<TParams, T> method, TParams parameters, RequestPolicy policy)
        {
            Reset(client, policy);
            _method = method;
            _parameters = parameters;
        }
    }

    /// <summary>A request that is awaited and not given to the caller; it serves again.</summary>
    private sealed class OneAwaitedCall<TParams, T> : OneCall<TParams, T>
    {
        private OneAwaitedCall(JsonRpcClient client, Method<TParams, T> method, TParams parameters, RequestPolicy policy)
            : base(client, method, parameters, policy)
        {
        }

        public static OneAwaitedCall<TParams, T> Of(JsonRpcClient client, Method<TParams, T> method, TParams parameters, RequestPolicy policy)
        {
            if (!Spares<OneAwaitedCall<TParams, T>>.TryTake(out OneAwaitedCall<TParams, T>? call))
            {
                return new OneAwaitedCall<TParams, T>(client, method, parameters, policy);
            }
            call.Reset(client, method, parameters, policy);
            return call;
        }

        public override void Recycle()
        {
            Reset(null!, null!, default!, null!);
            Spares<OneAwaitedCall<TParams, T>>.Keep(this);
        }
    }

    /// <summary>A notification.</summary>
    private class OneNotify<TParams>(
        JsonRpcClient client, string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, RequestPolicy policy)
        : OneRequest<Unit>(client, policy)
    {
        public override string Method => method;

        public override bool Idempotent => false;

        public override RequestRecorder? Recorder => null;

        public override IObservable<Reply<Unit>> Send(Server server, AttemptRecord attempt) =>
            server.Notify(method, prefix, parameters, typeInfo, attempt);
    }

    /// <summary>A notification to one server and no other: one try.</summary>
    private sealed class OneNotifyTo<TParams>(
        Server server, JsonRpcClient client, string method, byte[] prefix, TParams parameters, JsonTypeInfo<TParams> typeInfo, RequestPolicy policy)
        : OneNotify<TParams>(client, method, prefix, parameters, typeInfo, policy)
    {
        public override bool IsForOneServer => true;

        protected override IObservable<Reply<Unit>> Pipeline(RequestTrail trail) =>
            ((OneTrail<Unit>)trail).TryOn(server).WithinOnce(trail.Limit.Due, Client._timers, trail);
    }

    /// <summary>One subscription of a request.</summary>
    private sealed class OneTrail<T> : RequestTrail, IFailoverSteps<Server, Reply<T>>
    {
        private OneTrail(OneRequest<T> request)
            : base(request)
        {
        }

        private OneRequest<T> Request => (OneRequest<T>)Terms;

        public static OneTrail<T> Of(OneRequest<T> request)
        {
            if (!Spares<OneTrail<T>>.TryTake(out OneTrail<T>? trail)) return new OneTrail<T>(request);
            trail.Begin(request);
            return trail;
        }

        public IObservable<Reply<T>> TryOn(Server server) => OneAttempt<T>.Of(server, this);

        public IObservable<Reply<T>> Try(Server server, AttemptRecord attempt) => Request.Client.Try(Request, server, attempt);

        public void RecycleIfDone()
        {
            OneRequest<T> request = Request;
            if (!TryReset()) return;
            Spares<OneTrail<T>>.Keep(this);
            request.Recycle();
        }
    }

    /// <summary>One attempt; it serves again once its call has told the reply.</summary>
    private sealed class OneAttempt<T> : RecordedAttempt<T>
    {
        private OneAttempt(Server server, OneTrail<T> trail)
            : base(server, trail)
        {
        }

        public static OneAttempt<T> Of(Server server, OneTrail<T> trail)
        {
            if (!Spares<OneAttempt<T>>.TryTake(out OneAttempt<T>? attempt)) return new OneAttempt<T>(server, trail);
            attempt.Reset(server, trail);
            return attempt;
        }

        protected override void Keep()
        {
            var trail = (OneTrail<T>)Trail;
            Reset(null!, null!);
            Spares<OneAttempt<T>>.Keep(this);
            trail.RecycleIfDone();
        }

        protected override IObservable<Reply<T>> Try() => ((OneTrail<T>)Trail).Try(Server, this);
    }
}
