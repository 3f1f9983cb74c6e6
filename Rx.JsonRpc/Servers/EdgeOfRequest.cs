namespace Rx.JsonRpc.Servers;

/// <summary>The outermost step of a request that functions make.</summary>
/// <param name="begin">Makes the trail.</param>
/// <param name="openRequests">Where it is entered while it is open.</param>
/// <param name="recorder">What is told of its end, before its observer; null to tell nobody.</param>
/// <param name="pipeline">The rest of the request.</param>
internal sealed class EdgeOfRequest<T>(
    Func<RequestTrail> begin, OpenRequests openRequests, RequestRecorder? recorder, Func<RequestTrail, IObservable<Reply<T>>> pipeline)
    : RequestEdge<T>(openRequests, recorder)
{
    protected override RequestTrail Begin() => begin();

    protected override IObservable<Reply<T>> Pipeline(RequestTrail trail) => pipeline(trail);
}
