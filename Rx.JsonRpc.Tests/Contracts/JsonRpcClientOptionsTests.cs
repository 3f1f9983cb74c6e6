using System.Net;

namespace Rx.JsonRpc.Tests.Contracts;

public class JsonRpcClientOptionsTests
{
    private static readonly JsonRpcClientOptions Good = new() { Servers = ServerList.Parse("a:1,2 b:1") };

    [Fact]
    public void ThrowIfFaulty_Defaults_AreGood() => Good.ThrowIfFaulty();

    [Fact]
    public void ThrowIfFaulty_RetriesForEverWithoutAWait_IsRefused()
    {
        // Subscribing would call a server that is away in a loop, and return only when the total timeout has passed.
        JsonRpcClientOptions options = Good with { Policy = new RequestPolicy { Retries = -1, Backoff = Backoff.None } };
        Assert.Contains("Policy.Retries is -1", Assert.Throws<ArgumentException>(options.ThrowIfFaulty).Message);
    }

    [Fact]
    public void ThrowIfFaulty_WaitWithoutASecondTry_IsRefused() => Assert.Contains(
        "Policy.WhenDisconnected is Wait and Replay Never",
        FaultOf(Good with { Policy = new RequestPolicy { WhenDisconnected = WhenDisconnected.Wait, Replay = Replay.Never } }));

    [Fact]
    public void ThrowIfFaulty_EverythingWrong_NamesAllAtOnce()
    {
        var a = new ServerAddress(new DnsEndPoint("a", 1));
        var options = new JsonRpcClientOptions
        {
            Servers = [a, a with { EndPoint = new DnsEndPoint("A", 1) }, a with { EndPoint = null! }, null!, new(new DnsEndPoint("b", 1), 0, 0)],
            Policy = new RequestPolicy
            {
                TryTimeout = TimeSpan.Zero,
                TotalTimeout = TimeSpan.FromTicks(-1),
                Retries = -2,
                Replay = (Replay)9,
                WhenDisconnected = (WhenDisconnected)7,
                RetryOn = null!,
                Backoff = null!,
                Hedge = Hedge.After(TimeSpan.Zero) with { MinimumSamples = 0, Floor = TimeSpan.Zero, Ceiling = TimeSpan.FromTicks(-1) },
            },
            Reconnect = new Backoff { First = TimeSpan.FromTicks(-1), Max = TimeSpan.FromTicks(-2), Factor = double.NaN },
            ConnectTimeout = TimeSpan.Zero,
            MaxConnectionAttempts = -2,
            ConnectionsPerServer = 0,
            MaxInFlightPerServer = -1,
            MaxFrameBytes = 63,
            MaxQueuedBytesPerConnection = 0,
            FrameTimeout = TimeSpan.Zero,
            MaxQueuedEvents = 0,
            MaxOpenServerCalls = 0,
            ServerCallTimeout = TimeSpan.Zero,
            DrainTimeout = TimeSpan.FromTicks(-1),
            Balancing = (Balancing)9,
            FailbackDelay = TimeSpan.FromTicks(-1),
            SlowStart = TimeSpan.FromTicks(-1),
            Random = null!,
            MaxInFlight = 0,
            MaxWaitingRequests = 0,
            Continuations = null!,
            Heartbeat = new HeartbeatOptions { Interval = TimeSpan.Zero, Timeout = TimeSpan.Zero, Method = "" },
            TcpKeepAlive = new TcpKeepAlive { Time = TimeSpan.FromMilliseconds(1500), Interval = TimeSpan.FromSeconds(32_768), RetryCount = 0 },
            TcpUserTimeout = TimeSpan.Zero,
            Breaker = new BreakerOptions
            {
                ConsecutiveFailures = 0,
                FailureRate = double.NaN,
                MinimumCalls = 0,
                Window = TimeSpan.Zero,
                FirstEjection = TimeSpan.Zero,
                MaxEjection = TimeSpan.FromTicks(-1),
            },
        };

        string message = Assert.Throws<ArgumentException>(options.ThrowIfFaulty).Message;

        Assert.All(
            [
                "Servers[1] names A:1 again", "Servers[2] has no end point", "Servers[3] has no end point", "Servers[4].Weight is 0",
                "Policy.TryTimeout", "Policy.TotalTimeout", "Policy.Retries is -2", "Policy.Replay is 9", "Policy.RetryOn", "Policy.Backoff",
                "Policy.Hedge.Delay", "Policy.Hedge.MinimumSamples", "Policy.Hedge.Floor", "Policy.Hedge.Ceiling",
                "Reconnect.First", "Reconnect.Max", "Reconnect.Factor",
                "ConnectTimeout", "MaxConnectionAttempts is -2", "ConnectionsPerServer is 0", "MaxInFlightPerServer is -1",
                "MaxFrameBytes is 63", "MaxQueuedBytesPerConnection is 0", "FrameTimeout is 00:00:00", "MaxQueuedEvents is 0", "MaxOpenServerCalls is 0", "ServerCallTimeout is 00:00:00",
                "DrainTimeout is -00:00:00.0000001", "Balancing is 9", "FailbackDelay is -00:00:00.0000001", "SlowStart is -00:00:00.0000001", "Random is null",
                "MaxInFlight is 0", "MaxWaitingRequests is 0", "Policy.WhenDisconnected is 7", "Continuations is null",
                "Breaker.ConsecutiveFailures is 0", "Breaker.FailureRate is NaN", "Breaker.MinimumCalls is 0", "Breaker.Window",
                "Heartbeat.Interval is 00:00:00", "Heartbeat.Timeout is 00:00:00", "Heartbeat.Method is empty",
                "TcpKeepAlive.Time is 00:00:01.5", "TcpKeepAlive.Interval is 09:06:08", "TcpKeepAlive.RetryCount is 0", "TcpUserTimeout is 00:00:00",
                "Breaker.FirstEjection", "Breaker.MaxEjection",
            ],
            expected => Assert.Contains(expected, message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void ThrowIfFaulty_QuantileOutOfItsRange_IsRefused(double quantile)
    {
        // Quoted in docs/resilience.md:
        var hedged = new RequestPolicy { Hedge = Hedge.AtQuantile(0.95) };
        (Good with { Policy = hedged }).ThrowIfFaulty();
        Assert.Contains("Policy.Hedge.Quantile is", FaultOf(Good with { Policy = new RequestPolicy { Hedge = Hedge.AtQuantile(quantile) } }));
    }

    [Fact]
    public void ThrowIfFaulty_NoServers_SaysSo()
    {
        Assert.Contains("Servers is empty", FaultOf(new JsonRpcClientOptions()));
        Assert.Contains("Servers is empty", FaultOf(Good with { Servers = null! }));
    }

    [Fact]
    public void ThrowIfFaulty_NoServersButATopology_IsGood() =>
        new JsonRpcClientOptions { Topology = System.Reactive.Linq.Observable.Never<IReadOnlyList<ServerAddress>>() }.ThrowIfFaulty();

    [Fact]
    public void ThrowIfFaulty_NullParts_AreNamed() =>
        Assert.Equal(
            "The client's options are faulty: Policy is null; Reconnect is null.", FaultOf(Good with { Policy = null!, Reconnect = null! }));

    [Theory]
    [InlineData(1, 1, 64, 64)]
    [InlineData(1024, 1024, 64, 64)]
    [InlineData(1, 1 << 24, 999_999_999, 999_999_999)]
    [InlineData(1, 1, 999_999_999, 1)]
    public void ThrowIfFaulty_LimitsAtTheirEdges_AreGood(int connections, int inFlight, int frame, int queued) =>
        (Good with
        {
            ConnectionsPerServer = connections,
            MaxInFlightPerServer = inFlight,
            MaxFrameBytes = frame,
            MaxQueuedBytesPerConnection = queued,
        }).ThrowIfFaulty();

    [Theory]
    [InlineData(1025, 65_536, 64, "ConnectionsPerServer is 1025")]
    [InlineData(8, 7, 64, "MaxInFlightPerServer is 7; it must be in ConnectionsPerServer (8)..16777216")]
    [InlineData(1, (1 << 24) + 1, 64, "MaxInFlightPerServer is 16777217")]
    [InlineData(1, 1, 1_000_000_000, "MaxFrameBytes is 1000000000")]
    public void ThrowIfFaulty_LimitBeyondItsEdge_NamesTheRange(int connections, int inFlight, int frame, string expected) =>
        Assert.Contains(expected, FaultOf(Good with
        {
            ConnectionsPerServer = connections,
            MaxInFlightPerServer = inFlight,
            MaxFrameBytes = frame,
            MaxQueuedBytesPerConnection = int.MaxValue,
        }));

    private static string FaultOf(JsonRpcClientOptions options) => Assert.Throws<ArgumentException>(options.ThrowIfFaulty).Message;
}
