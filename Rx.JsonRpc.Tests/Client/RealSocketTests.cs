using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Text;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>The main job over loopback TCP. Bounded in time; behaviour in time is proven in virtual time elsewhere.</summary>
public class RealSocketTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly RequestPolicy Patient = new() { TryTimeout = Limit, TotalTimeout = Limit };

    [Fact]
    public async Task Request_ReplyInHalvesAndByteByByte_IsRead()
    {
        await using var server = new RawTcpServer(async (stream, request) =>
        {
            foreach (byte one in Encoding.UTF8.GetBytes(RawTcpServer.ReplyTo(request, """{"id":1234}""")))
            {
                await stream.WriteAsync(new[] { one });
            }
        });
        await using var client = new JsonRpcClient(server.Address);

        RawJson result = await client.Request("get_user", policy: Patient).ToTask().WaitAsync(Limit);

        Assert.Equal("""{"id":1234}""", result.ToString());
    }

    [Fact]
    public async Task Request_TwoRepliesInOneWrite_AreBothRead()
    {
        string held = "";
        await using var server = new RawTcpServer(async (stream, request) =>
        {
            if (held.Length == 0) held = RawTcpServer.ReplyTo(request, "1");
            else await stream.WriteAsync(Encoding.UTF8.GetBytes(RawTcpServer.ReplyTo(request, "2") + held));
        });
        await using var client = new JsonRpcClient(server.Address);

        Task<RawJson> first = client.Request("m", policy: Patient).ToTask();
        Task<RawJson> second = client.Request("m", policy: Patient).ToTask();
        RawJson[] results = await Task.WhenAll(first, second).WaitAsync(Limit);

        Assert.Equal(["1", "2"], results.Select(result => result.ToString()).Order());
    }

    /// <summary>A proxy without a backend, one that says so in another protocol, and a server that only greets.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("""34:{"jsonrpc":"2.0","method":"hello"},""")]
    public async Task Request_FirstAddressOfTheNameAcceptsAndCloses_TheSecondAnswers(string said)
    {
        await using var good = new JsonRpcListener(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        good.Calls.Subscribe(call => call.TryAnswer(RawJson.Parse("7")));
        good.Start();
        int port = ((IPEndPoint)good.LocalEndPoint).Port;
        using var bad = new TcpListener(IPAddress.Loopback, port);
        bad.Start();
        int closed = 0;
        Task closing = CloseEach();
        await using var client = new JsonRpcClient(new JsonRpcClientOptions
        {
            Servers = [new ServerAddress(new DnsEndPoint("rpc.example", port))],
            Connector = new SocketConnector(
                DefaultScheduler.Instance, (_, _) => Task.FromResult(new[] { IPAddress.Loopback, IPAddress.Parse("127.0.0.2") })),
        });

        RawJson result = await client.Request("m", policy: Patient with { WhenDisconnected = WhenDisconnected.Wait, Replay = Replay.Always })
            .ToTask().WaitAsync(Limit);

        Assert.Equal("7", result.ToString());
        Assert.Equal(1, closed);
        bad.Stop();
        await closing.WaitAsync(Limit);

        async Task CloseEach()
        {
            try
            {
                while (true)
                {
                    using TcpClient accepted = await bad.AcceptTcpClientAsync();
                    await accepted.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said));
                    closed++;
                }
            }
            // TcpListener says InvalidOperationException when it is stopped between two accepts.
            catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }

    [Fact]
    public async Task Request_TenThousandInFlightOnOneConnection_AllComplete()
    {
        var held = new List<string>();
        await using var server = new RawTcpServer(async (stream, request) =>
        {
            held.Add(RawTcpServer.ReplyTo(request, "1"));
            if (held.Count < 10_000) return;
            // In the reverse order, so that no reply matches by luck.
            held.Reverse();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(held)));
        });
        await using var client = new JsonRpcClient(server.Address);

        Task<RawJson>[] all = [.. Enumerable.Range(0, 10_000).Select(_ => client.Request("m", policy: Patient).ToTask())];
        await Task.WhenAll(all).WaitAsync(Limit);

        Assert.All(all, task => Assert.Equal("1", task.Result.ToString()));
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Fact]
    public async Task Request_ServerKilledInFlight_IsAnsweredByTheNext()
    {
        var reached = new TaskCompletionSource();
        var first = new RawTcpServer((_, _) =>
        {
            reached.TrySetResult();
            return Task.CompletedTask;
        });
        await using var second = new RawTcpServer((stream, request) =>
            stream.WriteAsync(Encoding.UTF8.GetBytes(RawTcpServer.ReplyTo(request, "\"second\""))).AsTask());
        await using var client = new JsonRpcClient($"{first.Address},2 {second.Address},1");

        Task<Reply<RawJson>> reply = client.Call(Raw.Method("m", idempotent: true), default, Patient).ToTask();
        await reached.Task.WaitAsync(Limit);
        await first.DisposeAsync();

        Reply<RawJson> answer = await reply.WaitAsync(Limit);
        Assert.Equal("\"second\"", answer.Result.ToString());
        Assert.Equal([AttemptEnd.ConnectionLost, AttemptEnd.Result], answer.Attempts.Select(attempt => attempt.End));
    }

    [Fact]
    public async Task Request_NoServerUpAtFirst_IsAnsweredOnceOneAppears()
    {
        var probe = new RawTcpServer((_, _) => Task.CompletedTask);
        int port = probe.Port;
        await probe.DisposeAsync();
        await using var client = new JsonRpcClient($"127.0.0.1:{port}");
        var policy = new RequestPolicy { Retries = -1, TryTimeout = Limit, TotalTimeout = Limit, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(20)) };

        client.Start();
        Task<ServerChange> waiting = client.Changes.FirstAsync(change => change.To == ServerState.Waiting).ToTask();
        Task<RawJson> result = client.Request("m", policy: policy).ToTask();
        await waiting.WaitAsync(Limit);
        await using var server = new RawTcpServer(
            (stream, request) => stream.WriteAsync(Encoding.UTF8.GetBytes(RawTcpServer.ReplyTo(request, "7"))).AsTask(), port);

        Assert.Equal("7", (await result.WaitAsync(Limit)).ToString());
    }

    [Fact]
    public async Task Connect_PeerSpeaksHttp_SaysSoInTheReason()
    {
        await using var server = new RawTcpServer((stream, _) =>
            stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()).AsTask());
        await using var client = new JsonRpcClient(server.Address);

        JsonRpcException failure = await Assert.ThrowsAnyAsync<JsonRpcException>(
            () => client.Request("m", policy: Patient).ToTask().WaitAsync(Limit));

        Assert.IsType<ConnectionLostException>(failure);
        Assert.Contains("looks like HTTP", failure.Message);
        Assert.Contains("at byte 0", failure.Message);
    }
}
