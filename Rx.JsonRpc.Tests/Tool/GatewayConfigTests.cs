using Rx.JsonRpc.Tests.Transport;
using Rx.JsonRpc.Tool;
using Rx.JsonRpc.Tool.Gateway;

namespace Rx.JsonRpc.Tests.Tool;

public sealed class GatewayConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("\"polisy\": {}", "line 5: $.pools.a.polisy is not known; expected one of servers, policy,")]
    [InlineData("\"policy\": 3", "line 5: $.pools.a.policy is no object; expected an object")]
    [InlineData("\"policy\": { \"tryTimeout\": \"x\" }", "line 5: $.pools.a.policy.tryTimeout is the text 'x'; expected a duration above zero")]
    [InlineData("\"policy\": { \"tryTimeout\": -1 }", "$.pools.a.policy.tryTimeout is -1; expected a duration above zero")]
    [InlineData("\"policy\": { \"replay\": \"often\" }", "$.pools.a.policy.replay is the text 'often'; expected \"ifNotWritten\", \"always\" or \"never\"")]
    [InlineData("\"policy\": { \"retries\": \"3\" }", "$.pools.a.policy.retries is the text '3'; expected a whole number")]
    [InlineData("\"policy\": { \"retryOn\": \"-1,x\" }", "$.pools.a.policy.retryOn error code 2 ('x')")]
    [InlineData("\"policy\": { \"backoff\": { \"firsd\": 1 } }", "$.pools.a.policy.backoff.firsd is not known; expected one of first, max, factor, jitter")]
    [InlineData("\"policy\": { \"retries\": -2 }", "line 4: $.pools.a The client's options are faulty: Policy.Retries is -2; it must be -1 (for ever) or more")]
    [InlineData("\"policy\": { \"whenDisconnected\": \"never\" }", "$.pools.a.policy.whenDisconnected is the text 'never'; expected \"failFast\" or \"wait\"")]
    [InlineData("\"policy\": { \"hedge\": {} }", "$.pools.a.policy.hedge needs either \"delay\" or \"quantile\"")]
    [InlineData("\"policy\": { \"hedge\": { \"delay\": 1, \"quantile\": 0.9 } }", "$.pools.a.policy.hedge needs either")]
    [InlineData("\"policy\": { \"hedge\": { \"quantile\": 2 } }", "Hedge.Quantile is 2; it must be above 0 and below 1")]
    [InlineData("\"breaker\": { \"enabled\": 1 }", "$.pools.a.breaker.enabled is 1; expected true or false")]
    [InlineData("\"breaker\": { \"failureRate\": 7 }", "Breaker.FailureRate is 7; it must be above 0")]
    [InlineData("\"retryBudget\": { \"burst\": \"all\" }", "$.pools.a.retryBudget.burst is the text 'all'; expected a number")]
    [InlineData("\"heartbeat\": { \"method\": \"\" }", "$.pools.a.heartbeat.method is the text ''; expected a text that is not empty")]
    [InlineData("\"heartbeat\": { \"method\": \"\\ud800\" }", "$.pools.a.heartbeat.method is no valid text; expected a text that is not empty")]
    [InlineData("\"servers\": \"127.0.0.1:2\"", "line 5: $.pools.a")]
    [InlineData("\"strict\": tru", "line 5: $.pools.a.strict")]
    public void Pool_Faulty_NamesLineMemberAndWhatWasExpected(string member, string expected)
    {
        string fault = Fault($$"""
            {
              "evapi": "127.0.0.1:8448",
              "pools": {
                "a": { "servers": "127.0.0.1:1",
                  {{member}}
                }
              }
            }
            """);
        Assert.StartsWith(_folder.File("rxrpc.json"), fault);
        Assert.Contains(expected, fault);
    }

    [Theory]
    [InlineData("[]", "line 1: $ is no object")]
    [InlineData("null", "line 1: $ is null; expected an object")]
    [InlineData(" ", "line 1: $ ")]
    [InlineData("{}", "names no evapi socket; expected \"evapi\": \"127.0.0.1:8448\", or --evapi")]
    [InlineData("""{"evapi":"127.0.0.1:1"}""", "names no pools; expected \"pools\":")]
    [InlineData("""{"evapi":"127.0.0.1:1,2"}""", "$.evapi '127.0.0.1:1,2' has a comma")]
    [InlineData("""{"evapi":["127.0.0.1:1",2]}""", "$.evapi is an array; expected an evapi socket")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":{}}}""", "$.pools.a names no servers")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":null}}""", "$.pools.a names no servers")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":{"servers":"127.0.0.1"}}}""", "$.pools.a.servers server 1 at position 0 ('127.0.0.1'): the port is missing")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":{"servers":"127.0.0.1:2"}},"defaultPool":"b"}""", "$.defaultPool is 'b'; expected one of the pools: a")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":{"servers":"127.0.0.1:2"}},"maxInFlight":0}""", "$.maxInFlight is 0; expected at least 1")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":{"servers":"127.0.0.1:2"}},"maxAnswerBytes":7}""", "MaxAnswerBytes is 7; it must be in 2048..")]
    [InlineData("""{"evapi":"127.0.0.1:1","pools":{"a":{"servers":"127.0.0.1:2"}},"leavingGrace":"90m"}""", "LeavingGrace is 01:30:00; it must be in 00:00:00..01:00:00")]
    [InlineData("""{"evapi":"127.0.0.1:1","pols":{}}""", "$.pols is not known; expected one of evapi,")]
    public void File_Faulty_NamesLineMemberAndWhatWasExpected(string json, string expected) => Assert.Contains(expected, Fault(json));

    [Fact]
    public void File_WithADurationInHours_IsRead() => Assert.Equal(
        TimeSpan.FromHours(1.5), Read("""{"drainLimit":"1.5h","pools":{"a":{"servers":"127.0.0.1:2"}}}""").Config.DrainLimit);

    [Fact]
    public void Pool_EveryMember_BecomesAnOption()
    {
        PoolConfig pool = Read("""
            {
              "pools": {
                "a": {
                  "servers": ["127.0.0.1:1,2,3", "unix:/run/x.sock"],
                  "policy": {
                    "tryTimeout": 250, "totalTimeout": "2s", "retries": -1, "replay": "Always", "retryOn": "-32000", "whenDisconnected": "wait",
                    "hedge": { "quantile": 0.9, "minimumSamples": 5, "floor": "2ms", "ceiling": "90ms" },
                    "backoff": { "first": "5ms", "max": "50ms", "factor": 3, "jitter": false }
                  },
                  "breaker": {
                    "enabled": false, "consecutiveFailures": 6, "failureRate": 0.25, "minimumCalls": 7, "window": "3s", "firstEjection": "4s", "maxEjection": "1m"
                  },
                  "retryBudget": { "enabled": false, "ratio": 0.5, "perSecond": 1, "burst": 9 },
                  "heartbeat": { "interval": "3s", "timeout": "1s", "method": "ping" },
                  "connectTimeout": "1s", "reconnect": { "max": "10s" }, "maxConnectionAttempts": 8, "connectionsPerServer": 2,
                  "maxInFlightPerServer": 77, "maxWaitingRequests": 66, "maxFrameBytes": 1000, "tcpUserTimeout": "9s", "strict": true, "allowReservedMethods": true
                }
              }
            }
            """).Config.Pools!["a"]!;

        JsonRpcClientOptions options = PoolOptions.Of(pool, 1_000);

        Assert.Equal(["127.0.0.1:1", "unix:/run/x.sock"], options.Servers.Select(server => server.ToString()));
        Assert.Equal((2, 3), (options.Servers[0].Priority, options.Servers[0].Weight));
        RequestPolicy policy = options.Policy;
        Assert.Equal((250, 2_000, -1, Replay.Always), (policy.TryTimeout.TotalMilliseconds, policy.TotalTimeout.TotalMilliseconds, policy.Retries, policy.Replay));
        Assert.Equal("-32000", policy.RetryOn.ToString());
        Assert.Equal((WhenDisconnected.Wait, 66), (policy.WhenDisconnected, options.MaxWaitingRequests));
        Hedge hedge = policy.Hedge!;
        Assert.Equal((0.9, 5, 2, 90), (hedge.Quantile, hedge.MinimumSamples, hedge.Floor.TotalMilliseconds, hedge.Ceiling.TotalMilliseconds));
        Assert.Equal((5, 50, 3, false), (policy.Backoff.First.TotalMilliseconds, policy.Backoff.Max.TotalMilliseconds, policy.Backoff.Factor, policy.Backoff.Jitter));
        BreakerOptions breaker = options.Breaker;
        Assert.Equal((false, 6, 0.25, 7), (breaker.Enabled, breaker.ConsecutiveFailures, breaker.FailureRate, breaker.MinimumCalls));
        Assert.Equal((3, 4, 60), (breaker.Window.TotalSeconds, breaker.FirstEjection.TotalSeconds, breaker.MaxEjection.TotalSeconds));
        Assert.Equal(new RetryBudget { Enabled = false, Ratio = 0.5, PerSecond = 1, Burst = 9 }, options.RetryBudget);
        Assert.Equal(
            new HeartbeatOptions { Interval = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromSeconds(1), Method = "ping" }, options.Heartbeat);
        Assert.Equal((1, 10), (options.ConnectTimeout.TotalSeconds, options.Reconnect.Max.TotalSeconds));
        Assert.Equal((8, 2, 77, 1000), (options.MaxConnectionAttempts, options.ConnectionsPerServer, options.MaxInFlightPerServer, options.MaxFrameBytes));
        Assert.Equal((9, true, true), (options.TcpUserTimeout!.Value.TotalSeconds, options.Strict, options.AllowReservedMethods));
    }

    [Fact]
    public void Pool_ThatSaysNothing_HasAReplayForEachTransactionInFlight()
    {
        JsonRpcClientOptions options = PoolOptions.Of(Read("""{"pools":{"a":{"servers":"127.0.0.1:1"}}}""").Config.Pools!["a"]!, 1_000);
        Assert.Equal(1_000, options.RetryBudget.Burst);
        Assert.Equal(RequestPolicy.Default, options.Policy);
        Assert.Equal(1_000, options.MaxWaitingRequests);
        Assert.Equal(HeartbeatOptions.Off, options.Heartbeat);
    }

    public void Dispose() => _folder.Dispose();

    private ConfigFile Read(string json)
    {
        string path = _folder.File("rxrpc.json");
        File.WriteAllText(path, json);
        return ConfigFile.Read(path);
    }

    /// <summary>What a command that begins with this file would say.</summary>
    private string Fault(string json) =>
        Assert.ThrowsAny<Exception>(() => GatewayPlan.OfFile(Read(json), []).MakeAsync().GetAwaiter().GetResult()) is UsageException fault ? fault.Message : "not told";
}
