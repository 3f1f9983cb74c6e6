using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace Rx.JsonRpc.Tests.Operators;

public class SuspendedWorkTests
{
    private readonly List<Outcome<int>> _outcomes = [];
    private readonly SuspendedWork<int> _work;

    public SuspendedWorkTests() => _work = new SuspendedWork<int>(_outcomes.Add);

    [Fact]
    public void Resume_Reply_ResumesOnce()
    {
        var replies = new Subject<Reply<int>>();
        Suspension<int> suspension = _work.Suspend();
        replies.Resume(suspension);
        replies.OnNext(new Reply<int> { Result = 7 });
        Assert.Equal(7, Assert.Single(_outcomes).Result);
        Assert.False(suspension.TryResume(new Outcome<int> { Result = 8 }));
        Assert.False(replies.HasObservers);
        Assert.False(_work.IsSuspended);
        Assert.Single(_outcomes);
    }

    [Fact]
    public void Resume_Failure_ResumesWithIt()
    {
        Observable.Throw<Reply<int>>(new TimeoutException()).Resume(_work.Suspend());
        Assert.Equal(OutcomeKind.Timeout, Assert.Single(_outcomes).Kind);
    }

    [Fact]
    public void Resume_AnotherWasFirst_UnsubscribesTheRequest()
    {
        var replies = new Subject<Reply<int>>();
        Suspension<int> suspension = _work.Suspend();
        replies.Resume(suspension);
        Assert.True(suspension.TryResume(new Outcome<int> { Result = 1 }));
        Assert.False(replies.HasObservers);
        Assert.Single(_outcomes);
    }

    [Fact]
    public void Resume_OfASuspensionThatIsOver_SubscribesNothing()
    {
        Suspension<int> suspension = _work.Suspend();
        suspension.Dispose();
        bool subscribed = false;
        Observable.Defer(() => { subscribed = true; return Observable.Never<Reply<int>>(); }).Resume(suspension);
        Assert.False(subscribed);
    }

    [Fact]
    public void Resume_OfTwoSources_IsRefused()
    {
        Suspension<int> suspension = _work.Suspend();
        Observable.Never<Reply<int>>().Resume(suspension);
        Assert.Throws<InvalidOperationException>(() => Observable.Never<Reply<int>>().Resume(suspension));
    }

    [Fact]
    public void Deadline_Passed_ResumesAsTimeoutAndUnsubscribesTheRequest()
    {
        var clock = new TestScheduler();
        var replies = new Subject<Reply<int>>();
        replies.Resume(_work.Suspend(TimeSpan.FromTicks(50), clock));
        clock.AdvanceTo(49);
        Assert.Empty(_outcomes);
        clock.AdvanceTo(50);
        Assert.Equal(OutcomeKind.Timeout, Assert.Single(_outcomes).Kind);
        Assert.False(replies.HasObservers);
    }

    [Fact]
    public void Deadline_AfterTheAnswer_LeavesNoTimerBehind()
    {
        var clock = new TestScheduler();
        _work.Suspend(TimeSpan.FromTicks(50), clock).TryResume(new Outcome<int> { Result = 1 });
        clock.Start();
        Assert.Equal(0, clock.Clock);
        Assert.Single(_outcomes);
    }

    [Fact]
    public void Dispose_OfTheWork_ResumesAsCancelledAndEndsIt()
    {
        _work.Suspend();
        _work.Dispose();
        Assert.Equal(OutcomeKind.Cancelled, Assert.Single(_outcomes).Kind);
        Assert.Throws<ObjectDisposedException>(() => _work.Suspend());
    }

    [Fact]
    public void Suspend_WhileSuspended_IsRefused()
    {
        _work.Suspend();
        Assert.Throws<InvalidOperationException>(() => _work.Suspend());
    }

    [Fact]
    public void Suspend_InsideTheContinuation_IsAllowed()
    {
        SuspendedWork<int>? work = null;
        Suspension<int>? second = null;
        work = new SuspendedWork<int>(_ => second ??= work!.Suspend());
        work.Suspend().TryResume(default);
        Assert.Equal((2, true), (second!.Generation, work.IsSuspended));
    }

    [Fact]
    public void OldAnswer_NeverResumesANewerSuspension()
    {
        var old = new Subject<Reply<int>>();
        Suspension<int> first = _work.Suspend();
        old.Resume(first);
        first.Dispose();
        Suspension<int> second = _work.Suspend();

        old.OnNext(new Reply<int> { Result = 1 });
        Assert.False(first.TryResume(new Outcome<int> { Result = 1 }));
        Assert.False(_work.TryResume(first.Generation, new Outcome<int> { Result = 1 }));
        Assert.False(_work.TryResume(second.Generation + 1, new Outcome<int> { Result = 1 }));
        Assert.True(second.IsSuspended);

        Assert.True(_work.TryResume(second.Generation, new Outcome<int> { Result = 2 }));
        Assert.Equal([OutcomeKind.Cancelled, OutcomeKind.Result], _outcomes.Select(outcome => outcome.Kind));
    }

    [Fact]
    public void Continuation_OnAScheduler_RunsThere()
    {
        var clock = new TestScheduler();
        var work = new SuspendedWork<int>(_outcomes.Add, clock);
        Assert.True(work.Suspend().TryResume(new Outcome<int> { Result = 1 }));
        Assert.Empty(_outcomes);
        clock.Start();
        Assert.Equal(1, Assert.Single(_outcomes).Result);
    }

    [Fact]
    public void Continuation_ThatThrows_StillUnsubscribesTheRequest()
    {
        var replies = new Subject<Reply<int>>();
        var work = new SuspendedWork<int>(_ => throw new NotSupportedException());
        Suspension<int> suspension = work.Suspend();
        replies.Resume(suspension);
        Assert.Throws<NotSupportedException>(() => suspension.TryResume(default));
        Assert.False(replies.HasObservers);
    }
}
