using System.Net;
using System.Reflection;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Contracts;

/// <summary>What a peer sent never reaches a message or a log line as it is.</summary>
public sealed class HostileTextTests
{
    private static readonly string Hostile = $"a{OneLineTests.Unsafe}b{new string('x', 5000)}";

    private static readonly ServerAddress Server = new(new InMemoryEndPoint("a"));

    private static readonly IPEndPoint Peer = new(IPAddress.Loopback, 1);

    private static readonly JsonRpcError Error = new(-32000, Hostile);

    private static readonly object[] Shown =
    [
        Error,
        new Attempt { Server = Server, Reason = Hostile },
        new Reply<string> { Result = Hostile },
        new Reply<string> { Error = Error },
        new Outcome<string> { Kind = OutcomeKind.Error, Error = Error },
        new ServerChange(Server, ServerState.Connecting, ServerState.Connected, Hostile, default),
        new ServerNotification(Server, Hostile, RawJson.Parse("[\n1]")),
        new TopologyFault(Hostile, new InvalidOperationException(Hostile), default),
        new NotifyReport(Server, new InvalidOperationException(Hostile)),
        new RequestRecord(Hostile, false, default, default, OutcomeKind.Result, []),
        new ServerSnapshot { Address = Server, State = default, Reason = Hostile, Since = default, Dropped = new Dictionary<DropReason, long>() },
        new ListenerConnectionChange(Peer, ListenerConnectionState.Refused, Hostile, 0, default),
        new ListenerFailure(Hostile, Peer, new InvalidOperationException(Hostile)),
        new ClientFailure(Hostile, Server, new InvalidOperationException(Hostile)),
        new EvapiChange(Peer, EvapiState.Connecting, EvapiState.Connected, Hostile, default),
        new EvapiDiagnostic(Peer, EvapiProblem.BadEvent, Hostile),
        new EvapiNotification(Peer, Hostile, RawJson.Parse("[\n1]"), Hostile),
        new ScriptedCall(default, Hostile, default, null),
    ];

    /// <summary>These hold nothing that a peer chose, or are the value itself (RawJson); the last ones are looked at where they are made.</summary>
    private static readonly string[] Others =
    [
        "Backoff", "BreakerOptions", "ClientSnapshot", "ErrorCodes", "EvapiGatewayOptions", "EvapiSocket", "FrameConnectionOptions", "HeartbeatOptions", "Hedge",
        "InMemoryEndPoint", "JsonRpcClientOptions", "JsonRpcListenerOptions", "Method`2", "NetstringViolation", "RawJson", "RequestPolicy", "RetryBudget", "Server",
        "ServerAddress", "ServerDiagnostic", "TcpKeepAlive", "AcceptedConnection", "Frame",
        "IncomingCall", "ServerRequest", "SuspendedTransaction",
    ];

    [Fact]
    public void ToString_OfEachPublicType_IsOneLine() => Assert.All(Shown, static value => AssertOneLine(value.ToString()!));

    [Fact]
    public void TypesWithAToStringOfTheirOwn_AreAllLookedAt()
    {
        IEnumerable<string> own = typeof(JsonRpcClient).Assembly.GetExportedTypes()
            .Where(static type => type.GetMethod("ToString", BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly, Type.EmptyTypes) is not null)
            .Select(static type => type.Name);

        Assert.Empty(own.Except(Shown.Select(static value => value.GetType().Name)).Except(Others));
    }

    [Fact]
    public void ReasonsAndDetails_AreOneLine() => Assert.All(
        Shown.SelectMany(static value => value.GetType().GetProperties()
            .Where(static property => property.Name is "Reason" or "Detail" or "Where" && property.DeclaringType is { IsGenericType: false })
            .Select(property => (string)property.GetValue(value)!)),
        static text => Assert.DoesNotContain(text, static character => OneLineTests.Unsafe.Contains(character)));

    [Fact]
    public void Messages_OfEachFailure_AreOneLine()
    {
        JsonRpcException[] failures =
        [
            new ConnectionLostException(Hostile), new ErrorReplyException(Error), new ErrorReplyException(Error, Hostile), new InvalidParametersException(Hostile),
            new InvalidReplyException(Hostile), new NoServerException(Hostile), new ProtocolViolationException(Hostile, 0), new RequestTimeoutException(Hostile),
            new ServerUnavailableException(Hostile),
        ];

        Assert.All(failures, static failure => Assert.DoesNotContain(failure.Message, static character => OneLineTests.Unsafe.Contains(character)));
        Assert.Empty(typeof(JsonRpcException).Assembly.GetExportedTypes()
            .Where(static type => type.IsSubclassOf(typeof(JsonRpcException))).Except(failures.Select(static failure => failure.GetType())));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":-32000,"message":"busy\r\nattempt 9: \u001b[2J\u202e"},"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","result":{"\u001b[2J\r\n\u2028":"x"},"id":1}""")]
    public void Request_AnsweredByAHostilePeer_FailsWithOneLine(string answer)
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a");
        world["a"].OnCall = call => call.Send(answer.Replace("\"id\":1", $"\"id\":{call.Id}", StringComparison.Ordinal));
        Answers<Dictionary<string, int>> answers = world.Subscribe(client.Request(Method<int[], Dictionary<string, int>>.Create("m"), [1]));

        world.AdvanceTo(100);

        for (Exception? failure = answers.Error!.Value.Error; failure is not null; failure = failure.InnerException) AssertOneLine(failure.Message);
        Assert.All(((JsonRpcException)answers.Error!.Value.Error).Attempts, static attempt => AssertOneLine(attempt.ToString()));
    }

    private static void AssertOneLine(string text)
    {
        Assert.DoesNotContain(text, static character => OneLineTests.Unsafe.Contains(character));
        Assert.InRange(text.Length, 1, 6000);
    }
}
