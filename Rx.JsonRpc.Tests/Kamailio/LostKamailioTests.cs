using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Kamailio;

public class LostKamailioTests
{
    private readonly GatewayInVirtualTime _world = new();
    private readonly List<SuspendedTransaction> _transactions = [];

    private FakeKamailio Kamailio => _world.Kamailio;

    [Fact]
    public void Connection_Lost_CancelsTheRequestsAndTheLateAnswersAreInert()
    {
        Start();
        var replies = new Subject<Reply<RawJson>>();
        Kamailio.Request(1);
        Kamailio.Request(2);
        foreach (SuspendedTransaction transaction in _transactions) replies.Resume(transaction);
        Assert.Equal(2, _world.Gateway.InFlight);

        Kamailio.Kill();

        Assert.False(replies.HasObservers);
        Assert.All(_transactions, transaction => Assert.False(transaction.IsSuspended));
        Assert.All(_transactions, transaction => Assert.False(transaction.Resume(Result("1"))));
        Assert.Equal(2, _world.Gateway.Counters.Lost);
        Assert.Empty(Kamailio.Answers);
        _world.AssertBalanced();
    }

    [Fact]
    public void Connection_EventStandsHalfWritten_EndsAndIsConnectedAgain()
    {
        Start();
        Kamailio.Begin("100:{");
        _world.Time.AdvanceTo(29_999);
        Assert.False(Kamailio.GatewayEnded);

        _world.Time.AdvanceTo(30_200);

        Assert.Equal([0, 30_100], Kamailio.Accepted);
        Assert.Contains(_world.Changes, change => change.To == EvapiState.Waiting && change.Reason.Contains("30 s"));
    }

    [Fact]
    public void Connection_Lost_TheClientsRequestLeavesTheServer()
    {
        _world.Serve();
        _world.Time["a"].OnCall = _ => { };
        Kamailio.Request();
        Assert.Equal(1, _world.Client.Groups[0].Servers[0].InFlight);
        Kamailio.Kill();
        Assert.Equal((1, 0), (_world.Gateway.Counters.Lost, _world.Client.Groups[0].Servers[0].InFlight));
        _world.Time["a"].Calls[0].Result("1");
        _world.Time.AdvanceTo(10_000);
        Assert.Equal((0L, 0L, 1L), (_world.Gateway.Counters.Results, _world.Gateway.Counters.Timeouts, _world.Gateway.Counters.Lost));
        _world.AssertBalanced();
    }

    [Fact]
    public void Kamailio_Restarted_IsFoundAgainAndAnOldAnswerNeverResumesTheNewSuspension()
    {
        Start();
        Kamailio.Request(1, 10);
        Kamailio.Kill();
        Kamailio.Start();
        _world.Time.AdvanceTo(100);
        Assert.Equal(100, Kamailio.Accepted[1]);
        Kamailio.Request(1, 10);

        Assert.False(_transactions[0].Resume(Result("\"old\"")));
        Assert.True(_transactions[1].Resume(Result("\"new\"")));

        Assert.Equal("1:10 OK result \"new\"", Kamailio.Answer.ToString());
        Assert.Equal(
            ["Connecting -> Connected", "Connected -> Waiting", "Waiting -> Connecting", "Connecting -> Connected"],
            _world.Changes.Select(change => $"{change.From} -> {change.To}"));
        _world.AssertBalanced();
    }

    [Fact]
    public void Kamailios_ThatSuspendTheSameIndexAndLabel_AreAnsweredEachAndLostAlone()
    {
        FakeKamailio other = new FakeKamailio(_world.Time.Network, new InMemoryEndPoint("other"), () => _world.Time.Now).Start();
        _world.Make(options => options with { Sockets = [Kamailio.EndPoint, other.EndPoint] }).Start().Transactions.Subscribe(_transactions.Add);
        Kamailio.Request(1, 10);
        other.Request(1, 10);
        Kamailio.Request(2, 10);
        other.Request(2, 10);
        Assert.Equal([Kamailio.EndPoint, other.EndPoint, Kamailio.EndPoint, other.EndPoint], _transactions.Select(transaction => transaction.Socket));

        Assert.True(_transactions[1].Resume(Result("\"other\"")));
        Assert.True(_transactions[0].Resume(Result("\"one\"")));
        Kamailio.Kill();

        Assert.False(_transactions[2].Resume(Result("1")));
        Assert.True(_transactions[3].Resume(Result("2")));
        Assert.Equal("1:10 OK result \"one\"", Kamailio.Answer.ToString());
        Assert.Equal(["1:10 OK result \"other\"", "2:10 OK result 2"], other.Answers.Select(answer => answer.ToString()));
        Assert.Equal((0L, 1L), (_world.Gateway.Counters.Superseded, _world.Gateway.Counters.Lost));
        _world.AssertBalanced();
    }

    [Fact]
    public void Transaction_SuspendedAnew_MakesTheEarlierEventInert()
    {
        Start();
        var replies = new Subject<Reply<RawJson>>();
        Kamailio.Request(1, 10, "first");
        replies.Resume(_transactions[0]);
        Kamailio.Request(1, 10, "second");

        Assert.False(replies.HasObservers);
        Assert.False(_transactions[0].Resume(Result("1")));
        Assert.True(_transactions[1].Resume(Result("2")));
        Assert.False(_transactions[1].Resume(Result("3")));

        Assert.Equal("1:10 OK result 2", Kamailio.Answer.ToString());
        Assert.Equal(1, _world.Gateway.Counters.Superseded);
        _world.AssertBalanced();
    }

    [Fact]
    public void Transaction_AnsweredAndSuspendedAgain_IsAnsweredEachTime()
    {
        Start();
        for (int i = 0; i < 3; i++)
        {
            Kamailio.Request(1, 10);
            Assert.True(_transactions[i].Resume(Result($"{i}")));
        }
        Assert.Equal(["0", "1", "2"], Kamailio.Answers.Select(answer => answer.Result));
        Assert.Equal(0, _world.Gateway.Counters.Superseded);
        _world.AssertBalanced();
    }

    [Fact]
    public void Kamailio_NotThereAtTheStart_IsTriedUntilItIs()
    {
        Kamailio.Kill();
        Start();
        _world.Time.AdvanceTo(250);
        Kamailio.Start();
        _world.Time.AdvanceTo(400);
        Assert.Equal([300], Kamailio.Accepted);
        Assert.Equal(EvapiState.Connected, _world.Gateway.Sockets[0].State);
    }

    /// <summary>Attempts at 100 ms, then twice as late each time: 9 in the first minute, as when nobody listens.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(900)]
    public void Kamailio_ThatAcceptsAndClosesSoon_IsCalledAsRarelyAsOneThatRefuses(int heldMs)
    {
        _world.Make(options => options with { Reconnect = new Backoff { Max = TimeSpan.FromSeconds(30), Jitter = false } }).Start();
        Kamailio.Request();
        _world.Gateway.Changes.Subscribe(change =>
        {
            if (change.To == EvapiState.Connected) _world.Time.Clock.Schedule(TimeSpan.FromMilliseconds(heldMs), Kamailio.Hangup);
        });
        Kamailio.Hangup();
        _world.Time.AdvanceTo(60_000);
        Assert.InRange(_world.Changes.Count(change => change.To == EvapiState.Connecting), 7, 9);
    }

    /// <summary>Something else listens there: what it says is no event.</summary>
    [Theory]
    [InlineData("hello")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":1}""")]
    [InlineData("""{"v":1,"event":"notify"}""")]
    public void Kamailio_ThatSaysNoEventAndCloses_IsCalledAsRarelyAsOneThatRefuses(string said)
    {
        _world.Make(options => options with { Reconnect = new Backoff { Max = TimeSpan.FromSeconds(30), Jitter = false } }).Start();
        _world.Gateway.Changes.Subscribe(change =>
        {
            if (change.To == EvapiState.Connected) _world.Time.Clock.Schedule(TimeSpan.FromMilliseconds(1), Greet);
        });
        Kamailio.Hangup();
        _world.Time.AdvanceTo(60_000);
        Assert.InRange(_world.Changes.Count(change => change.To == EvapiState.Connecting), 7, 9);

        void Greet()
        {
            Kamailio.Relay(said);
            Kamailio.Hangup();
        }
    }

    [Fact]
    public void Kamailio_QuietConnectionsThatHold_AreOpenedAnewAtOnce()
    {
        _world.Make(options => options with { Reconnect = new Backoff { Max = TimeSpan.FromSeconds(30), Jitter = false } }).Start();
        for (int i = 1; i <= 10; i++)
        {
            _world.Time.AdvanceTo(_world.Time.Now + 1000);
            Kamailio.Hangup();
            _world.Time.AdvanceTo(_world.Time.Now + 100);
            Assert.Equal(EvapiState.Connected, _world.Gateway.Sockets[0].State);
        }
    }

    [Fact]
    public void Kamailio_ThatReadsNothing_IsLeftAndConnectedAnew()
    {
        _world.Make(options => options with { MaxAnswerBytes = 4000, MaxQueuedBytesPerConnection = 4000 }).Start().Transactions.Subscribe(_transactions.Add);
        for (uint i = 0; i < 100; i++) Kamailio.Request(i);
        _world.Time.Network.At(Kamailio.EndPoint).BlackHole();

        foreach (SuspendedTransaction transaction in _transactions) transaction.Resume(Result($"\"{new string('x', 3000)}\""));

        _world.AssertBalanced();
        Assert.True(_world.Gateway.Counters.Lost > 0);
        Assert.Contains(_world.Changes, change => change.To == EvapiState.Waiting && change.Reason.Contains("does not read its answers"));
    }

    [Fact]
    public void Frame_AboveTheBound_ClosesTheConnectionAndItIsOpenedAnew()
    {
        _world.Make(options => options with { MaxFrameBytes = 500 }).Start().Transactions.Subscribe(_transactions.Add);
        Kamailio.Relay(new byte[501]);
        Assert.Contains("the limit is 500 bytes", _world.Changes[^1].Reason);
        _world.Time.AdvanceTo(100);
        Kamailio.Request();
        Assert.Single(_transactions);
    }

    [Fact]
    public void Resume_OfTwoSources_IsRefused()
    {
        Start();
        var replies = new Subject<Reply<RawJson>>();
        Kamailio.Request();
        replies.Resume(_transactions[0]);
        Assert.Throws<InvalidOperationException>(() => replies.Resume(_transactions[0]));
    }

    private static Outcome<RawJson> Result(string json) => new() { Result = RawJson.Parse(json) };

    private void Start() => _world.Make().Start().Transactions.Subscribe(_transactions.Add);
}
