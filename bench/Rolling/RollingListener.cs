using System.Net;

namespace Rx.JsonRpc.Bench.Rolling;

/// <summary>A listener in this process; it answers <c>slow</c> after a while, as <c>rxrpc serve</c> does.</summary>
internal sealed class RollingListener(EndPoint place) : IRollingServer
{
    private readonly JsonRpcListener _listener = new JsonRpcListener(place).Start(new MethodTable().On("slow", SlowAsync));

    public EndPoint EndPoint => _listener.LocalEndPoint;

    public async Task StopAsync() => await _listener.StopAsync(TimeSpan.FromSeconds(2));

    private static async ValueTask<RawJson> SlowAsync(RawJson parameters, CancellationToken disconnected)
    {
        await Task.Delay(5, disconnected);
        return parameters;
    }
}
