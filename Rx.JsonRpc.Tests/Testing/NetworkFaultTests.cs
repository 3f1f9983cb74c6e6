using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Testing;

public sealed class NetworkFaultTests : IDisposable
{
    private static readonly InMemoryEndPoint Place = new("a");

    private readonly TestScheduler _clock = new();
    private readonly InMemoryNetwork _network;
    private readonly IAcceptor _acceptor;

    public NetworkFaultTests()
    {
        _network = new InMemoryNetwork(_clock);
        _acceptor = _network.Listen(Place);
    }

    private InMemoryRoute Route => _network.At("a");

    public void Dispose() => _acceptor.Dispose();

    [Fact]
    public void Refuse_UntilHealed_NobodyConnects()
    {
        Route.Refuse();
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => _network.ConnectAsync(Place).Now()).SocketErrorCode);

        Route.Heal();
        Assert.NotNull(_network.ConnectAsync(Place).Now());
    }

    [Fact]
    public void CloseOnConnect_Connected_StreamEnds()
    {
        Route.CloseOnConnect();

        Assert.True(_network.ConnectAsync(Place).Now().Input.ReadAsync().Now().IsCompleted);
        Assert.False(_acceptor.AcceptAsync().IsCompleted);
    }

    [Fact]
    public void ConnectDelay_TimePasses_ConnectedThen()
    {
        Route.ConnectDelay(TimeSpan.FromTicks(100));
        ValueTask<IDuplexPipe> connecting = _network.ConnectAsync(Place);

        _clock.AdvanceTo(99);
        Assert.False(connecting.IsCompleted);
        _clock.AdvanceTo(100);
        Assert.True(connecting.IsCompletedSuccessfully);
    }

    [Fact]
    public void ConnectDelay_NoScheduler_SaysHowToGiveOne() =>
        Assert.Contains("scheduler", Assert.Throws<InvalidOperationException>(() => new InMemoryNetwork().At("a").Latency(TimeSpan.FromTicks(1))).Message);

    [Fact]
    public void NeverConnect_CancelledOrHealed_EndsThen()
    {
        Route.NeverConnect();
        using var cancellation = new CancellationTokenSource();
        ValueTask<IDuplexPipe> cancelled = _network.ConnectAsync(Place, cancellation.Token);
        ValueTask<IDuplexPipe> healed = _network.ConnectAsync(Place);
        _clock.AdvanceTo(TimeSpan.FromDays(1).Ticks);
        Assert.False(cancelled.IsCompleted || healed.IsCompleted);

        cancellation.Cancel();
        Assert.True(cancelled.IsCanceled);
        Route.Heal();
        Assert.True(healed.IsCompletedSuccessfully);
    }

    [Fact]
    public void Latency_EachDirection_ArrivesLater()
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Route.Latency(TimeSpan.FromTicks(30), TimeSpan.FromTicks(70));
        Write(client, "ping");
        Write(server, "pong");

        _clock.AdvanceTo(29);
        Assert.Equal("", Arrived(server));
        _clock.AdvanceTo(30);
        Assert.Equal("ping", Arrived(server));
        _clock.AdvanceTo(69);
        Assert.Equal("", Arrived(client));
        _clock.AdvanceTo(70);
        Assert.Equal("pong", Arrived(client));
    }

    [Fact]
    public void Latency_LiftedWhileBytesAreOnTheirWay_OrderStays()
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Route.Latency(TimeSpan.FromTicks(30));
        Write(client, "1");
        Route.Heal();
        Write(client, "2");
        client.Output.Complete();

        Assert.Equal("", Arrived(server));
        _clock.AdvanceTo(30);
        Assert.Equal("12", Arrived(server));
        Assert.True(server.Input.ReadAsync().Now().IsCompleted);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "p")]
    [InlineData(4, "ping")]
    public void CutToServerAfter_BytesSent_OnlySoManyArriveThenBothEndsThrow(int bytes, string arrived)
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Route.CutToServerAfter(bytes);
        ValueTask<ReadResult> read = server.Input.ReadAsync();
        string seen = "";
        read.GetAwaiter().OnCompleted(() => seen = TextOf(read));

        Assert.Throws<SocketException>(() => Write(client, "ping"));

        Assert.Equal(arrived, seen);
        Assert.Throws<SocketException>(() => client.Input.ReadAsync().Now());
    }

    [Fact]
    public void CutToClientAfter_BytesSent_ClientIsReset()
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Route.CutToClientAfter(6);
        Write(server, "pong");
        Assert.Equal("pong", Arrived(client));

        Assert.Throws<SocketException>(() => Write(server, "pong"));
        Assert.Throws<SocketException>(() => client.Input.ReadAsync().Now());
    }

    [Fact]
    public void BlackHole_UntilHealed_NothingArrivesThenAllDoes()
    {
        Route.BlackHole();
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Write(client, "ping");
        server.Output.Complete();
        Assert.Equal("", Arrived(server));
        Assert.False(client.Input.TryRead(out _));

        Route.Heal();

        Assert.Equal("ping", Arrived(server));
        Assert.True(client.Input.ReadAsync().Now().IsCompleted);
    }

    [Fact]
    public void BlackHole_SendBufferFull_FlushWaitsForTheHealing()
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Route.BlackHole();
        ValueTask<FlushResult> flush = client.Output.WriteAsync(new byte[64 * 1024]);
        Assert.False(flush.IsCompleted);

        Route.Heal();

        Assert.True(flush.IsCompletedSuccessfully);
        Assert.Equal(64 * 1024, Arrived(server).Length);
    }

    [Fact]
    public void Drip_BytesSent_ArriveAFewAtATime()
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Route.Drip(2, TimeSpan.FromTicks(10));
        Write(client, "12345");

        Assert.Equal("12", Arrived(server));
        _clock.AdvanceTo(9);
        Assert.Equal("", Arrived(server));
        _clock.AdvanceTo(10);
        Assert.Equal("34", Arrived(server));
        _clock.AdvanceTo(20);
        Assert.Equal("5", Arrived(server));
    }

    [Fact]
    public void Latency_ReaderHasFailedMeanwhile_IsAResetForTheWriterAndNotForTheClock()
    {
        Route.Latency(TimeSpan.FromTicks(100));
        (IDuplexPipe client, IDuplexPipe server) = Connect();
        Write(client, "late");
        server.Input.Complete(new InvalidDataException("I do not read this"));

        _clock.AdvanceTo(100);

        Assert.Equal("I do not read this", Assert.Throws<InvalidDataException>(() => client.Output.FlushAsync().Now()).Message);
    }

    [Fact]
    public void Garbage_OpenAndNewConnections_ReceiveIt()
    {
        (IDuplexPipe open, _) = Connect();
        Route.Garbage("HTTP"u8);

        Assert.Equal("HTTP", Arrived(open));
        Assert.Equal("HTTP", Arrived(Connect().Client));
    }

    [Fact]
    public void Reset_OpenConnection_BothEndsThrow()
    {
        (IDuplexPipe client, IDuplexPipe server) = Connect();

        Route.Reset();

        Assert.Throws<SocketException>(() => client.Input.ReadAsync().Now());
        Assert.Throws<SocketException>(() => server.Input.ReadAsync().Now());
    }

    private (IDuplexPipe Client, IDuplexPipe Server) Connect()
    {
        IDuplexPipe client = _network.ConnectAsync(Place).Now();
        return (client, _acceptor.AcceptAsync().Now()!.Pipe);
    }

    private static void Write(IDuplexPipe pipe, string text) => pipe.Output.WriteAsync(Encoding.UTF8.GetBytes(text)).Now();

    private static string Arrived(IDuplexPipe pipe) => pipe.Input.TakeText();

    private static string TextOf(ValueTask<ReadResult> read)
    {
        try
        {
            return Encoding.UTF8.GetString(read.Result.Buffer);
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
