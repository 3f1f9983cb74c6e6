using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class SocketConnectorTests
{
    private const int Limit = 20_000;

    private readonly TestScheduler _scheduler = new();
    private readonly CancellationTokenSource _cancel = new();

    [Fact(Timeout = Limit)]
    public async Task Connect_IPv4_BytesGoBothWays() => await AssertEchoAsync(new IPEndPoint(IPAddress.Loopback, 0));

    [Fact(Timeout = Limit)]
    public async Task Connect_IPv6_BytesGoBothWays()
    {
        Assert.SkipUnless(Loopback.HasIPv6, "this machine has no ::1");
        await AssertEchoAsync(new IPEndPoint(IPAddress.IPv6Loopback, 0));
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_UnixSocket_BytesGoBothWays()
    {
        using var folder = new TemporaryFolder();
        await AssertEchoAsync(folder.Socket("echo"));
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_NameLocalhost_BytesGoBothWays()
    {
        using var acceptor = new SocketAcceptor(new IPEndPoint(IPAddress.Loopback, 0), _scheduler);
        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), new DnsEndPoint("localhost", Loopback.Port(acceptor)));
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_RefusedPort_ErrorNamesTheAddress()
    {
        int port = Loopback.RefusedPort();

        SocketException failure = await Assert.ThrowsAsync<SocketException>(
            async () => await new SocketConnector(_scheduler).ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), _cancel.Token));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Contains($"127.0.0.1:{port}", failure.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_EveryAddressRefused_ErrorNamesHostAndEachAddress()
    {
        int port = Loopback.RefusedPort();
        SocketConnector connector = Resolving("127.0.0.1", "127.0.0.2");

        IOException failure = await Assert.ThrowsAsync<IOException>(
            async () => await connector.ConnectAsync(new DnsEndPoint("rpc.example", port), _cancel.Token));

        Assert.StartsWith($"Cannot connect to rpc.example:{port}: ", failure.Message);
        Assert.Contains($"127.0.0.1:{port}", failure.Message);
        Assert.Contains($"127.0.0.2:{port}", failure.Message);
        Assert.Equal(2, Assert.IsType<AggregateException>(failure.InnerException).InnerExceptions.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_FirstAddressRefused_SecondIsTriedWithoutWaiting()
    {
        using var acceptor = new SocketAcceptor(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0), _scheduler);

        await Echo.AssertAsync(acceptor, Resolving("127.0.0.1", "127.0.0.2"), new DnsEndPoint("rpc.example", Loopback.Port(acceptor)));

        Assert.Equal(0, _scheduler.Clock);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_FirstAddressIsSilent_SecondJoinsAfter250Milliseconds()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux drops what exceeds the backlog on loopback");
        using var silent = new SilentPort();
        using var acceptor = new SocketAcceptor(new IPEndPoint(IPAddress.Parse("127.0.0.2"), silent.Port), _scheduler);

        ValueTask<IDuplexPipe> connecting =
            Resolving("127.0.0.1", "127.0.0.2").ConnectAsync(new DnsEndPoint("rpc.example", silent.Port), _cancel.Token);
        _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(249).Ticks);
        Assert.False(connecting.IsCompleted);
        _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1).Ticks);

        await Echo.CloseAsync(await connecting);
        Assert.NotNull(await acceptor.AcceptAsync(_cancel.Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_FirstAddressEndedWithoutAByte_TheNextConnectBeginsWithTheSecond()
    {
        using var good = new SocketAcceptor(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0), _scheduler);
        using var bad = new SocketAcceptor(new IPEndPoint(IPAddress.Loopback, Loopback.Port(good)), _scheduler);
        SocketConnector connector = Resolving("127.0.0.1", "127.0.0.2");
        var name = new DnsEndPoint("rpc.example", Loopback.Port(good));
        IDuplexPipe first = await connector.ConnectAsync(name, _cancel.Token);
        AcceptedConnection? accepted = await bad.AcceptAsync(_cancel.Token);
        await Echo.CloseAsync(accepted!.Pipe);
        await Echo.CloseAsync(first);

        await Echo.AssertAsync(good, connector, name);
        // A byte came: the address that failed stays last.
        await Echo.AssertAsync(good, connector, name);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_CancelledWhileSilent_EndsPromptlyAsTheCallersCancellation()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux drops what exceeds the backlog on loopback");
        using var silent = new SilentPort();

        ValueTask<IDuplexPipe> connecting =
            new SocketConnector(_scheduler).ConnectAsync(new IPEndPoint(IPAddress.Loopback, silent.Port), _cancel.Token);
        Assert.False(connecting.IsCompleted);
        _cancel.Cancel();

        OperationCanceledException ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connecting);
        Assert.Equal(_cancel.Token, ended.CancellationToken);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_CancelledWhileResolving_EndsPromptly()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        var connector = new SocketConnector(_scheduler, (_, _) => never.Task);

        ValueTask<IDuplexPipe> connecting = connector.ConnectAsync(new DnsEndPoint("rpc.example", 1), _cancel.Token);
        _cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connecting);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_NameWithoutAddress_ErrorNamesTheHost()
    {
        IOException failure = await Assert.ThrowsAsync<IOException>(
            async () => await Resolving().ConnectAsync(new DnsEndPoint("rpc.example", 7), _cancel.Token));

        Assert.StartsWith("Cannot connect to rpc.example:7: the name has no address", failure.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_UnknownKindOfEndPoint_ErrorNamesIt()
    {
        NotSupportedException failure = await Assert.ThrowsAsync<NotSupportedException>(
            async () => await new SocketConnector(_scheduler).ConnectAsync(new OddEndPoint(), _cancel.Token));

        Assert.Contains("odd:1", failure.Message);
    }

    private async Task AssertEchoAsync(EndPoint listenOn)
    {
        using var acceptor = new SocketAcceptor(listenOn, _scheduler);
        await Echo.AssertAsync(acceptor, new SocketConnector(_scheduler), acceptor.LocalEndPoint);
    }

    private SocketConnector Resolving(params string[] addresses) =>
        new(_scheduler, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()));

    private sealed class OddEndPoint : EndPoint
    {
        public override string ToString() => "odd:1";
    }
}
