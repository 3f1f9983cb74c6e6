using System.Text.RegularExpressions;
using Rx.JsonRpc.Tests.Rules;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>docs/errors.md holds the messages that are really raised, and each message says what its reader needs.</summary>
public sealed partial class FailureMessageTests
{
    private static readonly RequestPolicy Replayed = new() { Replay = Replay.Always, TotalTimeout = TimeSpan.FromSeconds(1) };

    private static readonly Dictionary<string, Func<JsonRpcException>> Cases = new()
    {
        ["no reply"] = () => Raised(static _ => { }),
        ["no reply, and it may be sent again"] = () => Raised(static _ => { }, new RequestPolicy { Replay = Replay.Always }),
        ["the deadline had passed"] = () => Raised(static _ => { }, new RequestPolicy { Deadline = DateTimeOffset.MinValue }),
        ["nobody listens"] = () => Raised(static _ => { }, servers: "a! b!"),
        ["connection lost"] = () => Raised(static call => call.Connection.Dispose()),
        ["connection lost, and it may be sent again"] = () => Raised(static call => call.Connection.Dispose(), Replayed),
        ["connection lost, with Replay.Never"] = () => Raised(static call => call.Connection.Dispose(), new RequestPolicy { Replay = Replay.Never }),
        ["the retry budget is spent"] = () => Raised(
            static call => call.Connection.Dispose(), Replayed with { Retries = -1, Backoff = Backoff.Constant(TimeSpan.FromMilliseconds(150)) },
            change: static options => options with { RetryBudget = new() { Ratio = 0, PerSecond = 0, Burst = 1 } }),
        ["the result does not fit"] = () => Raised(static call => call.Result("\"x\"")),
        ["the reply is none"] = () => Raised(static call => call.Send($$"""{"jsonrpc":"2.0","id":{{call.Id}}}""")),
        ["the parameters do not fit"] = () => Raised(static _ => { }, parameters: "\ud800"),
        ["an error reply"] = () => Raised(static call => call.Error(-32000, "busy")),
        ["too many requests"] = () => Raised(static _ => { }, change: static options => options with { MaxInFlight = 1 }, before: static client => client.Request("other").Subscribe(static _ => { }, static _ => { })),
        ["the client is not started"] = () => Raised(static _ => { }, change: static options => options with { AutoStart = false }),
        ["the client drains"] = () => Raised(static _ => { }, before: static client => _ = client.DrainAsync(TimeSpan.FromSeconds(9)).AsTask()),
        ["the client was drained"] = () => Raised(static _ => { }, after: static client => _ = client.DrainAsync(TimeSpan.Zero).AsTask()),
        ["the topology names no server"] = () => Raised(
            static _ => { }, change: static options => options with { Servers = [], Topology = System.Reactive.Linq.Observable.Never<IReadOnlyList<ServerAddress>>() }),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_IsTheOneOfTheDocument(string name)
    {
        JsonRpcException failure = Cases[name]();

        bool documented = Documented().GetValueOrDefault(name) == $"{failure.GetType().Name}: {failure.Message}";

        Assert.True(documented, $"docs/errors.md lacks | {name} | `{failure.GetType().Name}` | `{failure.Message}` |");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_NamesMethodServerAttemptAndWhetherItMayHaveRun(string name)
    {
        JsonRpcException failure = Cases[name]();

        Assert.StartsWith("add: ", failure.Message);
        Assert.Contains(failure.Written == Written.NotWritten ? "not sent" : "may have run", failure.Message);
        Assert.Equal("add", failure.Method);
        if (failure.Attempts.Count == 0) return;
        Assert.Contains("memory:", failure.Message);
        Assert.Matches("attempts? ?[0-9]*", failure.Message);
    }

    [Fact]
    public void Document_HoldsEveryFailureType_AndNoCaseThatIsNotTried()
    {
        Dictionary<string, string> documented = Documented();

        Assert.Empty(documented.Keys.Except(Cases.Keys));
        // Its connection ends with it, and the request with a lost connection.
        Assert.Equal(
            ["ProtocolViolationException"],
            typeof(JsonRpcException).Assembly.GetExportedTypes().Where(static type => type.IsSubclassOf(typeof(JsonRpcException)))
                .Select(static type => type.Name).Except(documented.Values.Select(static text => text[..text.IndexOf(':', StringComparison.Ordinal)])));
    }

    [Theory]
    [InlineData("a", 1)]
    [InlineData("b", 2)]
    public void Message_OfAHedgedRequest_NumbersTheAttemptThatFailed(string server, int number)
    {
        foreach (Action<FakeCall> answer in (Action<FakeCall>[])[static call => call.Error(-32000, "busy"), static call => call.Result("\"x\"")])
        {
            var world = new ClientInVirtualTime();
            JsonRpcClient client = world.Client("a,2 b,1");
            foreach (string name in (string[])["a", "b"]) world[name].OnCall = static _ => { };
            world.AdvanceTo(10);
            var hedged = new RequestPolicy { Replay = Replay.Always, Hedge = Hedge.After(TimeSpan.FromMilliseconds(100)) };
            Answers<int> answers = world.Subscribe(client.Request(Method<string[], int>.Create("add"), [], hedged));
            world.AdvanceTo(150);
            answer(world[server].Calls[0]);
            world.AdvanceTo(5_000);

            JsonRpcException failure = Assert.IsAssignableFrom<JsonRpcException>(answers.Error?.Error);
            Assert.Equal(2, failure.Attempts.Count);
            Assert.Equal($"memory:{server}", $"{failure.Server}".Split(',')[0]);
            Assert.Contains($"(attempt {number}", failure.Message);
        }
    }

    [Theory]
    [InlineData("-32000", false)]
    [InlineData("-32001", true)]
    public void Message_OfAnErrorReply_AdvisesRetryOnOnlyWhereItLacksTheCode(string retried, bool advises)
    {
        JsonRpcException failure = Raised(
            static call => call.Error(-32000, "busy"), new RequestPolicy { Replay = Replay.Always, RetryOn = ErrorCodes.Parse(retried), TotalTimeout = TimeSpan.FromSeconds(1) });

        Assert.IsType<ErrorReplyException>(failure);
        Assert.Equal(advises, failure.Message.Contains("RetryOn", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Documented() =>
        Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md")))
            .ToDictionary(static row => row.Groups["case"].Value, static row => $"{row.Groups["type"].Value}: {row.Groups["message"].Value}");

    private static JsonRpcException Raised(
        Action<FakeCall> onCall, RequestPolicy? policy = null, string servers = "a", string? parameters = null,
        Func<JsonRpcClientOptions, JsonRpcClientOptions>? change = null, Action<JsonRpcClient>? before = null, Action<JsonRpcClient>? after = null)
    {
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client(servers, change);
        foreach (string name in servers.Split(' ')) world[name.TrimEnd('!')].OnCall = onCall;
        world.AdvanceTo(10);
        before?.Invoke(client);
        Answers<int> answers = world.Subscribe(client.Request(Method<string[], int>.Create("add"), parameters is null ? [] : [parameters], policy));
        after?.Invoke(client);
        world.AdvanceTo(20_000);
        return Assert.IsAssignableFrom<JsonRpcException>(answers.Error?.Error);
    }

    [GeneratedRegex(@"^\| (?<case>[^|`]+) \| `(?<type>\w+)` \| `(?<message>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
