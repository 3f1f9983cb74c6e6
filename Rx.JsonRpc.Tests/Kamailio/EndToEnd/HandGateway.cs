using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>A gateway whose answers a test writes by hand, when it wants to.</summary>
internal sealed class HandGateway : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new();

    private HandGateway()
    {
    }

    public static async Task<HandGateway> ConnectAsync(SipWorld world)
    {
        var gateway = new HandGateway();
        // Kamailio listens before its first process serves, so the connection may come before the log says so.
        for (int times = 0; !gateway._client.Connected; times++)
        {
            try
            {
                await gateway._client.ConnectAsync(IPEndPoint.Parse(world.Evapi));
            }
            catch (SocketException) when (times < 300)
            {
                await Task.Delay(100);
            }
        }
        await world.GatewayIsConnectedAsync();
        return gateway;
    }

    public async Task<JsonNode> EventAsync() =>
        JsonNode.Parse(await RawTcpServer.ReadFrame(_client.GetStream()).WaitAsync(Patience) ?? throw new IOException("Kamailio has closed"))!;

    /// <summary>Answers an event with a result.</summary>
    /// <param name="read">The event.</param>
    /// <param name="result">The result.</param>
    /// <param name="echoes">Whether it repeats the token, which a gateway before tokens did not.</param>
    public async Task AnswerAsync(JsonNode read, string result, bool echoes = true)
    {
        var answer = new JsonObject
        {
            ["v"] = 1,
            ["index"] = read["index"]!.DeepClone(),
            ["label"] = read["label"]!.DeepClone(),
            ["route"] = read["return_route"]!.DeepClone(),
            ["outcome"] = "result",
            ["result"] = result,
        };
        if (echoes && read["token"] is { } token) answer["token"] = token.DeepClone();
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(RawTcpServer.Netstring(answer.ToJsonString())));
    }

    public void Dispose() => _client.Dispose();
}
