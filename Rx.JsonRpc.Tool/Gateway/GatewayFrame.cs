using System.Diagnostics;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>What can be seen of a gateway at one moment.</summary>
/// <param name="PerSecond">Transactions that came, a second.</param>
/// <param name="InFlight">Transactions that wait.</param>
/// <param name="Outcomes">How many ended in each way.</param>
/// <param name="Sockets">The evapi sockets and their states.</param>
/// <param name="Servers">The servers, their states and their requests in flight.</param>
internal sealed record GatewayFrame(
    double PerSecond,
    int InFlight,
    IReadOnlyList<(string Name, long Count)> Outcomes,
    IReadOnlyList<(string Name, EvapiState State)> Sockets,
    IReadOnlyList<(string Pool, string Name, int Priority, ServerState State, int InFlight)> Servers);

/// <summary>Looks at a gateway, and works out the rate between two looks.</summary>
internal sealed class GatewayWatch(RunningGateway running)
{
    private long _at = Stopwatch.GetTimestamp();
    private long _requests;

    public GatewayFrame Look()
    {
        EvapiCounters counters = running.Gateway.Counters;
        long requests = counters.Requests;
        double seconds = Math.Max(0.001, Stopwatch.GetElapsedTime(_at).TotalSeconds);
        double perSecond = (requests - _requests) / seconds;
        (_at, _requests) = (Stopwatch.GetTimestamp(), requests);
        return new GatewayFrame(
            perSecond,
            running.Gateway.InFlight,
            [
                ("results", counters.Results), ("errors", counters.Errors), ("timeouts", counters.Timeouts), ("failures", counters.Failures),
                ("cancelled", counters.Cancelled), ("lost", counters.Lost), ("superseded", counters.Superseded),
            ],
            [.. running.Gateway.Sockets.Select(socket => (new ServerAddress(socket.EndPoint).ToString(), socket.State))],
            [.. running.Servers.Select(at => (at.Pool, at.Server.Address.ToString(), at.Server.Address.Priority, at.Server.State, at.Server.InFlight))]);
    }
}
