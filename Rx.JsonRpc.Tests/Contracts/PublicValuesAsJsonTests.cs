using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Contracts;

/// <summary>
/// What System.Text.Json makes of each public type of the library inside a user's own types: the same value again, a text for a log that
/// is refused on reading, or a refusal. Never other data without a word.
/// </summary>
public sealed class PublicValuesAsJsonTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static readonly DateTimeOffset At = new(2031, 2, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly ServerAddress Server = new(new DnsEndPoint("a.example", 9999), 2, 3);

    private static readonly JsonRpcError Error = new(-32001, "busy", RawJson.Parse("""{"a":[1.0]}""")) { Received = RawJson.Parse("""{"code":-32001}""") };

    private static readonly Attempt Attempt = new()
    {
        Server = Server,
        StartedAfter = TimeSpan.FromTicks(1),
        Took = TimeSpan.FromMilliseconds(2),
        Written = Written.MaybeExecuted,
        End = AttemptEnd.Error,
        Connected = true,
        ErrorCode = -32001,
        Reason = "busy",
    };

    private static readonly ServerSnapshot Snapshot = new()
    {
        Address = Server,
        State = ServerState.Ejected,
        Reason = "r",
        Since = At,
        InFlight = 1,
        EjectedUntil = At,
        Dropped = new Dictionary<DropReason, long> { [DropReason.LateReply] = 4 },
    };

    /// <summary>Written and read back as the same value.</summary>
    private static readonly object[] Same =
    [
        Attempt,
        Error,
        new JsonRpcError(1, "without data"),
        ErrorCodes.Parse("-32603, -32099..-32000"),
        new HeartbeatOptions { Method = "ping" },
        new RetryBudget { Ratio = 0.5 },
        new TcpKeepAlive { RetryCount = 5 },
        new FrameConnectionOptions { MaxFrameBytes = 77 },
        new ListenerConnectionChange(new IPEndPoint(IPAddress.IPv6Loopback, 5060), ListenerConnectionState.Refused, "r", 3, At),
        RawJson.Parse("{ \"a\" : [ 1.50 , null ] }"),
        new Reply<int> { Result = 5, Attempts = [Attempt] },
        new Reply<RawJson> { Error = Error, Attempts = [Attempt] },
        new Outcome<int> { Kind = OutcomeKind.Error, Error = Error, Attempts = [Attempt] },
        new RequestRecord("m", true, At, TimeSpan.FromMilliseconds(3), OutcomeKind.Result, [Attempt]),
        Server,
        new ServerAddress(new UnixDomainSocketEndPoint("/run/a b,c.sock")),
        new ServerChange(Server, ServerState.Connecting, ServerState.Connected, "r", At),
        new ServerDiagnostic(Server, DropReason.NotJson, 5),
        new ServerNotification(Server, "m", RawJson.Parse("[1]")),
        new ServerNotification(Server, "m", default),
        Snapshot,
        new ClientSnapshot { At = At, Servers = [Snapshot] },
        new NotifyReport(Server, null),
        new TopologyFault("r", null, At),
        new EvapiChange(new IPEndPoint(IPAddress.Loopback, 8448), EvapiState.Connecting, EvapiState.Connected, "r", At),
        new EvapiDiagnostic(new IPEndPoint(IPAddress.Loopback, 8448), EvapiProblem.BadEvent, "d"),
        new EvapiNotification(new IPEndPoint(IPAddress.Loopback, 8448), "m", RawJson.Parse("{}"), "p"),
        Violation(),
        new ScriptedCall(At, "m", RawJson.Parse("[1]"), RawJson.Parse("7")),
    ];

    /// <summary>Written for a log, with the text that must be in it; refused on reading.</summary>
    private static readonly (object Value, string Holds)[] LogOnly =
    [
        (new NotifyReport(Server, new NoServerException("nobody")), "NoServerException: nobody"),
        (new TopologyFault("r", new InvalidOperationException("gone"), At), "InvalidOperationException: gone"),
        (new ListenerFailure("m", new IPEndPoint(IPAddress.Loopback, 5060), new InvalidOperationException("thrown")), "InvalidOperationException: thrown"),
        (new ClientFailure("m", Server, new InvalidOperationException("thrown")), "InvalidOperationException: thrown"),
        (Outcome<int>.From(new TimeoutException("late")), "TimeoutException: late"),
        (Hedge.After(TimeSpan.FromMilliseconds(7)), "00:00:00.0070000"),
        (new ServerAddress(new InMemoryEndPoint("one")), "memory:one"),
        (new JsonRpcListenerOptions(), "1024"),
    ];

    /// <summary>Refused on writing or on reading where they hold what acts; otherwise the same.</summary>
    private static readonly object[] Options =
        [new Backoff(), new BreakerOptions(), new JsonRpcClientOptions(), new EvapiGatewayOptions(), new RequestPolicy { Retries = 3 }];

    /// <summary>Neither written nor read.</summary>
    private static readonly object[] Refused =
    [
        new Frame(new ReadOnlySequence<byte>([1])),
        new InMemoryEndPoint("one"),
        new AcceptedConnection(null!, new IPEndPoint(IPAddress.Loopback, 1)),
        Method<int[], int>.Create("m"),
    ];

    [Fact]
    public void PublicValues_AreAllLookedAt()
    {
        IEnumerable<Type> seen = Same.Concat(LogOnly.Select(static entry => entry.Value)).Concat(Refused).Concat(Options).Select(static value => Definition(value.GetType()));
        // What is neither a struct nor equal by value acts, or holds what acts.
        IEnumerable<Type> values = typeof(JsonRpcClient).Assembly.GetExportedTypes().Where(static type =>
            type is { IsEnum: false, IsInterface: false, IsAbstract: false }
            && (type.IsValueType || type.GetMethod("Equals", BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly, [typeof(object)]) is not null));

        Assert.Empty(values.Except(seen));
    }

    [Fact]
    public void Values_AreReadBackTheSame() => Assert.All(Same, value =>
    {
        foreach (JsonSerializerOptions options in new[] { JsonSerializerOptions.Default, Web })
        {
            string written = JsonSerializer.Serialize(value, value.GetType(), options);

            object? read = JsonSerializer.Deserialize(written, value.GetType(), options);

            Assert.Equal(Shown(value), Shown(read));
            Assert.Equal(written, JsonSerializer.Serialize(read, value.GetType(), options));
        }
    });

    [Fact]
    public void ValuesForALog_HoldWhatMatters_AndAreNotReadBack() => Assert.All(LogOnly, entry =>
    {
        string written = JsonSerializer.Serialize(entry.Value, entry.Value.GetType());

        Assert.Contains(entry.Holds, written, StringComparison.Ordinal);
        Assert.True(Record.Exception(() => JsonSerializer.Deserialize(written, entry.Value.GetType())) is NotSupportedException or JsonException, written);
    });

    [Fact]
    public void OtherTypes_AreRefused() => Assert.All(Refused, value =>
        Assert.True(Record.Exception(() => JsonSerializer.Serialize(value, value.GetType())) is NotSupportedException or JsonException, $"{value.GetType()} is written"));

    [Fact]
    public void OptionsThatCanBeRead_AreTheSame() => Assert.All(Options, static value =>
    {
        object? read = null;

        Exception? refused = Record.Exception(() => read = JsonSerializer.Deserialize(JsonSerializer.Serialize(value, value.GetType()), value.GetType()));

        if (refused is null) Assert.Equal(Shown(value), Shown(read));
        else Assert.IsType<NotSupportedException>(refused);
    });

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static NetstringViolation Violation()
    {
        var bytes = new ReadOnlySequence<byte>("x"u8.ToArray());
        NetstringReader.Read(ref bytes, 100, out _, out NetstringViolation violation);
        return violation;
    }

    /// <summary>All public properties, in depth; raw JSON by its text.</summary>
    private static string Shown(object? value)
    {
        if (value is null) return "null";
        if (value is RawJson or EndPoint or string or ErrorCodes) return $"{value.GetType().Name} {value}";
        if (value is System.Collections.IEnumerable items) return $"[{string.Join(", ", items.Cast<object?>().Select(Shown))}]";
        if (value is IFormattable || value is not ITuple && value.GetType().Namespace!.StartsWith("System", StringComparison.Ordinal)) return $"{value}";
        return $"{{{string.Join(", ", value.GetType().GetProperties().Where(static property => property.GetMethod is { IsStatic: false }).Select(property => $"{property.Name} {Shown(property.GetValue(value))}"))}}}";
    }
}
