using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Operators;

public class ResumeTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly List<(long At, Outcome<int> Outcome)> _resumed = [];

    [Fact]
    public void Resume_Result_ResumesOnceAndDisposesTheSource()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateColdObservable(
            OnNext(10, Result(1)), OnNext(20, Result(2)), OnCompleted<Reply<int>>(30));

        using IDisposable resume = source.CheckGrammar().Resume(Record);
        _scheduler.Start();

        Assert.Equal((10, OutcomeKind.Result, 1), Single());
        Assert.Equal([Subscribed(0, 10)], source.Subscriptions);
    }

    [Fact]
    public void Resume_ErrorReply_ResumesWithTheError()
    {
        using IDisposable resume = Observable.Return(Error(-32000)).Resume(Record);

        Assert.Equal(OutcomeKind.Error, Single().Kind);
        Assert.Equal(-32000, _resumed[0].Outcome.Error?.Code);
    }

    [Theory]
    [InlineData(typeof(TimeoutException), OutcomeKind.Timeout, "timeout")]
    [InlineData(typeof(IOException), OutcomeKind.Failure, "failure")]
    public void Resume_Failure_ResumesWithItsKind(Type failure, OutcomeKind kind, string reason)
    {
        var thrown = (Exception)Activator.CreateInstance(failure)!;
        ITestableObservable<Reply<int>> source = _scheduler.CreateHotObservable(OnError<Reply<int>>(10, thrown));

        using IDisposable resume = source.Resume(Record);
        _scheduler.Start();

        Assert.Equal((10, kind, 0), Single());
        Assert.Equal(reason, _resumed[0].Outcome.Reason);
        Assert.Same(thrown, _resumed[0].Outcome.Failure);
        Assert.Equal([Subscribed(0, 10)], source.Subscriptions);
    }

    [Fact]
    public void Resume_EmptySource_ResumesWithAFailure()
    {
        using IDisposable resume = Observable.Empty<Reply<int>>().Resume(Record);

        Assert.Equal(OutcomeKind.Failure, Single().Kind);
        Assert.IsType<InvalidOperationException>(_resumed[0].Outcome.Failure);
    }

    [Fact]
    public void Resume_Disposed_ResumesAsCancelledBeforeDisposeReturns()
    {
        ITestableObservable<Reply<int>> source = _scheduler.CreateColdObservable(OnNext(10, Result(1)));
        IDisposable resume = source.Resume(Record);
        _scheduler.AdvanceTo(5);

        resume.Dispose();

        Assert.Equal((5, OutcomeKind.Cancelled, 0), Single());
        resume.Dispose();
        _scheduler.Start();
        Assert.Single(_resumed);
        Assert.Equal([Subscribed(0, 5)], source.Subscriptions);
    }

    [Fact]
    public void Resume_DisposedInsideTheContinuation_DoesNotResumeAgain()
    {
        var source = new Subject<Reply<int>>();
        var resume = new SingleAssignmentDisposable();
        resume.Disposable = source.Resume(outcome =>
        {
            Record(outcome);
            resume.Dispose();
        });

        source.OnNext(Result(1));

        Assert.Equal(OutcomeKind.Result, Single().Kind);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Resume_SubscribeThrows_ResumesWithThatFailure()
    {
        var source = new RawObservable<Reply<int>>(_ => throw new IOException());

        using IDisposable resume = source.Resume(Record);

        Assert.IsType<IOException>(Assert.Single(_resumed).Outcome.Failure);
    }

    [Fact]
    public void Resume_ContinuationThrows_ReachesTheCallerAndDisposesTheSource()
    {
        var source = new Subject<Reply<int>>();
        using IDisposable resume = source.Resume(outcome =>
        {
            Record(outcome);
            throw new TimeoutException();
        });

        Assert.Throws<TimeoutException>(() => source.OnNext(Result(1)));

        Assert.False(source.HasObservers);
        Assert.Single(_resumed);
    }

    [Fact]
    public void Resume_ContinuationThrowsInsideSubscribe_ResumesOnceAndReachesTheCaller()
    {
        Assert.Throws<TimeoutException>(() => new RawObservable<Reply<int>>(observer => observer.OnNext(Result(1))).Resume(outcome =>
        {
            Record(outcome);
            throw new TimeoutException();
        }));

        Assert.Single(_resumed);
    }

    [Fact]
    public void Resume_ContinuationThrowsInDispose_ReachesTheCaller()
    {
        var source = new Subject<Reply<int>>();
        IDisposable resume = source.Resume(_ => throw new TimeoutException());

        Assert.Throws<TimeoutException>(resume.Dispose);
        Assert.False(source.HasObservers);
    }

    [Theory]
    [InlineData(1, "result 1")]
    [InlineData(-1, "error Error")]
    [InlineData(0, "error Failure")]
    public void Resume_Work_IsHandedToTheRightAction(int value, string expected)
    {
        var log = new List<string>();
        IObservable<Reply<int>> source = value == 0
            ? Observable.Empty<Reply<int>>()
            : Observable.Return(value > 0 ? Result(value) : Error(value));

        using IDisposable resume = source.Resume(
            log, static (work, result) => work.Add($"result {result}"), static (work, outcome) => work.Add($"error {outcome.Kind}"));

        Assert.Equal([expected], log);
    }

    [Fact]
    public void Resume_WorkDisposed_GoesToOnError()
    {
        var log = new List<OutcomeKind>();

        Observable.Never<Reply<int>>().Resume(log, (_, _) => { }, (work, outcome) => work.Add(outcome.Kind)).Dispose();

        Assert.Equal([OutcomeKind.Cancelled], log);
    }

    [Fact]
    public void Resume_Twice_ResumesTwiceIndependently()
    {
        var source = new Subject<Reply<int>>();
        IDisposable first = source.Resume(Record);
        using IDisposable second = source.Resume(Record);

        first.Dispose();
        source.OnNext(Result(2));

        Assert.Equal([OutcomeKind.Cancelled, OutcomeKind.Result], _resumed.Select(entry => entry.Outcome.Kind));
    }

    [Fact]
    public void Resume_NullArguments_Throw()
    {
        IObservable<Reply<int>> source = Observable.Never<Reply<int>>();

        Assert.Throws<ArgumentNullException>(() => ((IObservable<Reply<int>>)null!).Resume(Record));
        Assert.Throws<ArgumentNullException>(() => source.Resume((Action<Outcome<int>>)null!));
        Assert.Throws<ArgumentNullException>(() => source.Resume(1, null!, (_, _) => { }));
        Assert.Throws<ArgumentNullException>(() => source.Resume(1, (_, _) => { }, null!));
    }

    [Fact]
    public void Resume_ReplyAndDisposeRace_ResumesExactlyOnce() =>
        Race.Run(
            20_000,
            () => new RacedRound(),
            round => round.Source.OnNext(Result(1)),
            round => round.Resume.Dispose(),
            round =>
            {
                Assert.Equal(1, round.Resumed);
                Assert.False(round.Source.HasObservers);
            });

    private static Reply<int> Result(int value) => new() { Result = value };

    private static Reply<int> Error(int code) => new() { Error = new JsonRpcError(code, "no") };

    private void Record(Outcome<int> outcome) => _resumed.Add((_scheduler.Clock, outcome));

    private (long At, OutcomeKind Kind, int Result) Single()
    {
        (long at, Outcome<int> outcome) = Assert.Single(_resumed);
        return (at, outcome.Kind, outcome.Result);
    }

    private sealed class RacedRound
    {
        private int _resumed;

        public RacedRound() => Resume = Source.Resume(_ => Interlocked.Increment(ref _resumed));

        public int Resumed => Volatile.Read(ref _resumed);

        public Subject<Reply<int>> Source { get; } = new();

        public IDisposable Resume { get; }
    }
}
