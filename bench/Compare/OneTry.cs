using Rx.JsonRpc.Servers;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>One request on one server, below the recipe: what the naive row, and the benchmarks of the operators, build on.</summary>
internal static class OneTry
{
    public static IObservable<Reply<TResult>> Send<TParams, TResult>(Server server, Method<TParams, TResult> method, TParams parameters) =>
        server.Call(method, parameters, new AttemptRecord(server, number: 1, startedAfter: TimeSpan.Zero));
}
