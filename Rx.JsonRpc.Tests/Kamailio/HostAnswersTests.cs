using System.IO.Pipelines;
using System.Reactive.Subjects;
using Rx.JsonRpc.Kamailio;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>A host answers the transactions itself, late, or never.</summary>
public class HostAnswersTests
{
    private readonly GatewayInVirtualTime _world = new();
    private readonly List<SuspendedTransaction> _transactions = [];

    private FakeKamailio Kamailio => _world.Kamailio;

    [Fact]
    public void Deadline_PassedBeforeTheHostAnswers_ResumesAsATimeoutOnce()
    {
        Start();
        var replies = new Subject<Reply<RawJson>>();
        Kamailio.Request(1, more: ""","timeout":120""");
        Kamailio.Request(2, more: ""","timeout":120""");
        replies.Resume(_transactions[1]);
        _world.Time.AdvanceTo(119);
        Assert.Empty(Kamailio.Answers);

        _world.Time.AdvanceTo(10_000);

        Assert.Equal(["120 1:10 ERR timeout timeout", "120 2:10 ERR timeout timeout"], Kamailio.Answers.Select(answer => $"{answer.At} {answer}"));
        Assert.Contains("deadline", Kamailio.Answers[0].Error);
        Assert.False(_transactions[0].Resume(Result("1")));
        Assert.False(replies.HasObservers);
        Assert.Equal(2, _world.Gateway.Counters.Timeouts);
        _world.AssertBalanced();
    }

    [Fact]
    public void Deadline_AfterTheHostHasAnswered_IsNothing()
    {
        Start();
        Kamailio.Request(more: ""","timeout":120""");
        Assert.True(_transactions[0].Resume(Result("1")));
        _world.Time.AdvanceTo(10_000);
        Assert.Equal("1:10 OK result 1", Kamailio.Answer.ToString());
        Assert.Equal(0, _world.Gateway.Counters.Timeouts);
        _world.AssertBalanced();
    }

    [Fact]
    public void Deadline_OfATransactionThatIsInert_IsNothing()
    {
        Start();
        Kamailio.Request(1, more: ""","timeout":120""");
        Kamailio.Request(1);
        Kamailio.Kill();
        Kamailio.Start();
        _world.Time.AdvanceTo(10_000);
        Assert.Empty(Kamailio.Answers);
        Assert.Equal((1L, 1L, 0L), (_world.Gateway.Counters.Superseded, _world.Gateway.Counters.Lost, _world.Gateway.Counters.Timeouts));
        _world.AssertBalanced();
    }

    [Fact]
    public void Deadline_ThatHasPassed_IsATimeoutAtOnceAndTheHostIsNotAsked()
    {
        _world.Time.Clock.AdvanceTo(DateTimeOffset.UnixEpoch.AddSeconds(5).Ticks);
        Start();
        Kamailio.Request(more: ""","deadline":5000""");
        Assert.Equal("1:10 ERR timeout timeout", Kamailio.Answer.ToString());
        Assert.Empty(_transactions);
        _world.AssertBalanced();
    }

    [Fact]
    public void Deadline_InTheFarFuture_IsWaitedFor()
    {
        Start();
        Kamailio.Request(more: ""","deadline":253402300799999""");
        _world.Time.AdvanceTo(TimeSpan.FromDays(100).Ticks / TimeSpan.TicksPerMillisecond);
        Assert.True(_transactions[0].Resume(Result("1")));
        Assert.Equal("1:10 OK result 1", Kamailio.Answer.ToString());
    }

    [Fact]
    public void Transaction_ThatIsAnswered_IsLetGoOfBeforeItsDeadline()
    {
        WeakReference answered = AnswerOne();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(answered.IsAlive);
        GC.KeepAlive(_world);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference AnswerOne()
        {
            Start();
            Kamailio.Request(more: ""","timeout":86400000""");
            Assert.True(_transactions[0].Resume(Result("1")));
            var seen = new WeakReference(_transactions[0]);
            _transactions.Clear();
            return seen;
        }
    }

    [Fact]
    public void Host_ThatLeavesWhileTransactionsWaitForIt_LetsNoneHang()
    {
        var held = new Later();
        IDisposable host = Start(held);
        Kamailio.Request(1);
        Kamailio.Request(2);
        host.Dispose();

        held.Run();

        Assert.Empty(_transactions);
        Assert.Equal(["1:10 ERR failure failure", "2:10 ERR failure failure"], Kamailio.Answers.Select(answer => answer.ToString()));
        _world.AssertBalanced();
    }

    [Fact]
    public void Host_ThatStandsStill_IsOfferedAsManyAsMayBeInFlightAndNoneThatHasEnded()
    {
        var held = new Later();
        Start(held, most: 3);
        // One transaction is in flight at a time, however often Kamailio suspends it anew.
        for (int i = 0; i < 100; i++) Kamailio.Request(1);
        Assert.Equal((3L, 97L), (_world.Gateway.Counters.Superseded, _world.Gateway.Counters.Of(EvapiProblem.Refused)));
        Assert.All(Kamailio.Answers, answer => Assert.Equal("1:10 ERR failure failure", answer.ToString()));

        held.Run();
        Assert.Empty(_transactions);
        Kamailio.Request(2);
        held.Run();

        Assert.True(Assert.Single(_transactions).Resume(Result("1")));
        _world.AssertBalanced();
    }

    private static Outcome<RawJson> Result(string json) => new() { Result = RawJson.Parse(json) };

    private IDisposable Start(PipeScheduler? continuations = null, int most = 10) => _world
        .Make(options => options with { Continuations = continuations ?? PipeScheduler.Inline, MaxInFlight = most })
        .Start().Transactions.Subscribe(_transactions.Add);
}
