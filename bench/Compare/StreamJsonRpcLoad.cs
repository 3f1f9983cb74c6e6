using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using StreamJsonRpc;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>
/// StreamJsonRpc as its documentation advises where the peer speaks JSON: the System.Text.Json formatter with generated metadata, a
/// message handler over the socket's stream, named parameters from a parameter object. No timeout, no failover: it has neither.
/// </summary>
internal sealed class StreamJsonRpcLoad : ILoad
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StreamJsonRpc.JsonRpc _client;

    public StreamJsonRpcLoad(ServerPorts ports)
    {
        _socket.Connect(ports.EndPoint);
        var formatter = new SystemTextJsonFormatter
        {
            JsonSerializerOptions = new JsonSerializerOptions(CompareJson.Default.Options) { TypeInfoResolver = CompareJson.Default },
        };
        _client = new StreamJsonRpc.JsonRpc(new NetstringMessageHandler(new NetworkStream(_socket), formatter));
        _client.StartListening();
    }

    public string Name => "streamjsonrpc";

    public Task RunAsync(LoadRun run, int inFlight) => Workers.RunAsync(run, inFlight, AskAsync);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AskAsync(LoadRun run)
    {
        while (!run.Over)
        {
            long began = Stopwatch.GetTimestamp();
            Located located = await _client.InvokeWithParameterObjectAsync<Located>(Workload.MethodName, Workload.Parameters);
            run.Ended(began, Stopwatch.GetTimestamp());
            Workload.Check(located);
        }
    }
}
