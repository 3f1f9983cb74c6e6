using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using System.Text;
using Rx.JsonRpc.Tests.Protocol;

namespace Rx.JsonRpc.Tests.Listening;

public class TcpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);
    // A busy machine is no failure here.
    private static readonly RequestPolicy Patient = new() { TryTimeout = Limit, TotalTimeout = Limit };
    private static readonly Method<int[], int> Sum = new("sum", TestJson.Default.Int32Array, TestJson.Default.Int32);

    [Fact]
    public async Task Client_ManyRequests_EachGetsItsOwnAnswer()
    {
        await using JsonRpcListener listener = new JsonRpcListener(Anywhere).Start(new MethodTable().On(Sum, numbers => numbers.Sum()));
        await using var client = new JsonRpcClient(listener.LocalEndPoint.ToString()!);

        int[] sums = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i => await client.Request(Sum, [i, i], Patient)));

        Assert.Equal(Enumerable.Range(0, 500).Select(i => 2 * i), sums);
    }

    [Fact]
    public async Task Client_ChosenError_ReachesTheCaller()
    {
        MethodTable methods = new MethodTable().On(Sum, _ => throw new ErrorReplyException(new JsonRpcError(7, "seven")));
        await using JsonRpcListener listener = new JsonRpcListener(Anywhere).Start(methods);
        await using var client = new JsonRpcClient(listener.LocalEndPoint.ToString()!);

        ErrorReplyException error = await Assert.ThrowsAsync<ErrorReplyException>(async () => await client.Request(Sum, [1]));

        Assert.Equal((7, "seven"), (error.Error.Code, error.Error.Message));
    }

    [Fact]
    public async Task HalfClosedPeer_LikeNetcat_GetsItsReplies()
    {
        await using var listener = new JsonRpcListener(Anywhere);
        var arrived = new TaskCompletionSource<IncomingCall>();
        listener.Calls.Subscribe(arrived.SetResult);
        listener.Start();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint);
        using var stream = new NetworkStream(socket);
        await socket.SendAsync("""37:{"method":"m","params":[1],"id":"nc"},"""u8.ToArray());
        socket.Shutdown(SocketShutdown.Send);
        IncomingCall call = await arrived.Task.WaitAsync(Limit);

        Assert.True(call.TryAnswer(call.Parameters));

        using var reader = new StreamReader(stream, Encoding.UTF8);
        string all = await reader.ReadToEndAsync().WaitAsync(Limit);

        Assert.Equal("""40:{"jsonrpc":"2.0","result":[1],"id":"nc"},""", all);
        Assert.True(SpinWait.SpinUntil(() => listener.ConnectionCount == 0, Limit));
    }

    [Fact]
    public async Task StopAsync_ClientConnected_AnswersThenStopsWithoutWaitingForTheLimit()
    {
        var release = new TaskCompletionSource<int>();
        var arrived = new TaskCompletionSource();
        JsonRpcListener listener = new JsonRpcListener(Anywhere).Start(new MethodTable().On(Sum, async (_, _) =>
        {
            arrived.SetResult();
            return await release.Task;
        }));
        await using var client = new JsonRpcClient(listener.LocalEndPoint.ToString()!);
        Task<int> request = Task.Run(async () => await client.Request(Sum, [1], new RequestPolicy { TryTimeout = Limit, TotalTimeout = Limit }));
        await arrived.Task.WaitAsync(Limit);

        Task stopped = listener.StopAsync(TimeSpan.FromMinutes(5)).AsTask();
        release.SetResult(42);

        Assert.Equal(42, await request.WaitAsync(Limit));
        await stopped.WaitAsync(Limit);
    }

    [Fact]
    public async Task Connections_AboveTheBound_TakeThePlaceOfASilentOne()
    {
        await using JsonRpcListener listener = new JsonRpcListener(Anywhere, new() { MaxConnections = 1 }).Start();
        using var first = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(listener.LocalEndPoint);
        Assert.True(SpinWait.SpinUntil(() => listener.ConnectionCount == 1, Limit));
        using var second = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await second.ConnectAsync(listener.LocalEndPoint);

        Assert.Equal(0, await first.ReceiveAsync(new byte[1]).WaitAsync(Limit));
        Assert.Equal(0, listener.Counters.ConnectionsRefused);
    }
}
