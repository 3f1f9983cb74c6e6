using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Testing;

public class ScriptedServerTests
{
    private readonly TestScheduler _clock = new();
    private readonly InMemoryNetwork _network;
    private readonly ScriptedServer _server;
    private readonly JsonRpcClient _client;
    private readonly List<string> _seen = [];

    public ScriptedServerTests()
    {
        _network = new InMemoryNetwork(_clock);
        _server = new ScriptedServer(_network, new InMemoryEndPoint("a"), _clock);
        _client = new JsonRpcClient(_network.ClientOptions(_server.WithPriority(0)) with { Reconnect = Backoff.Constant(TimeSpan.FromTicks(50)) }, _clock);
        _client.Start();
    }

    [Fact]
    public void Answer_NothingScripted_IsTheNameAtOnce()
    {
        Ask();

        Assert.Equal(["0: \"a\""], _seen);
    }

    [Fact]
    public void Answer_AfterADelay_ComesThen()
    {
        _server.On("m", answer => answer.Result("7").After(TimeSpan.FromTicks(20)));
        Ask();

        _clock.AdvanceTo(19);
        Assert.Empty(_seen);
        _clock.AdvanceTo(20);
        Assert.Equal(["20: 7"], _seen);
    }

    [Fact]
    public void Answer_Sequence_LastOneStays()
    {
        _server.On("m", answer => answer.Error(-32000, "a \"busy\" day"), answer => answer.Result("1"), answer => answer.Result("2"));
        for (int i = 0; i < 4; i++) Ask();

        Assert.Contains("a \"busy\" day", _seen[0]);
        Assert.Equal(["0: 1", "0: 2", "0: 2"], _seen[1..]);
    }

    [Fact]
    public void Answer_Close_ConnectionIsLost()
    {
        _server.OnAny(answer => answer.Close());
        Ask();

        Assert.StartsWith("0: ConnectionLostException", Assert.Single(_seen));
    }

    [Fact]
    public void Received_CallsAndNotifications_WithTheirTimes()
    {
        _clock.AdvanceTo(5);
        _client.Request("m", RawJson.Parse("[1]")).Subscribe();
        _client.Notify("n", RawJson.Parse("[2]")).Subscribe();

        Assert.Equal([(5, "m", "[1]", true), (5, "n", "[2]", false)], _server.Received.Select(call => (call.At.Ticks, call.Method, call.Parameters.ToString(), call.Id is not null)));
        Assert.Equal(0, Assert.Single(_server.Accepted).Ticks);
    }

    [Fact]
    public void Kill_ThenStart_IsReconnectedTo()
    {
        _server.Kill();
        Ask();
        _server.Start();
        _clock.AdvanceTo(60);
        Ask();

        Assert.StartsWith("0: NoServerException", _seen[0]);
        Assert.Equal("60: \"a\"", _seen[1]);
    }

    [Fact]
    public void Stop_OpenConnection_IsStillServed()
    {
        _server.Stop();
        Ask();

        Assert.Equal(["0: \"a\""], _seen);
    }

    [Fact]
    public void Freeze_UntilThawed_AnswersThen()
    {
        _server.Freeze();
        Ask();
        _clock.AdvanceTo(30);
        Assert.Empty(_seen);

        _server.Thaw();

        Assert.Equal(["30: \"a\""], _seen);
    }

    private void Ask() => _client.Request("m").Subscribe(
        result => _seen.Add($"{_clock.Clock}: {result}"), error => _seen.Add($"{_clock.Clock}: {error.GetType().Name} {error.Message}"));
}
