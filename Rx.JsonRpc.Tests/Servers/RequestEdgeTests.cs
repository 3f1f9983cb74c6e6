using System.Reactive.Concurrency;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Servers;

public class RequestEdgeTests
{
    [Fact]
    public void Subscribe_ClosedAfterItEntered_DoesNotSubscribeItsPipeline()
    {
        var open = new OpenRequests(10);
        var source = new RawObservable<Reply<int>>(_ => { });
        var edge = new EdgeThatIsClosedFirst(open, open.Close, source);
        var seen = new Answers<Reply<int>>(() => 0);

        ((IObservable<Reply<int>>)edge).CheckGrammar().Subscribe(seen);

        seen.Failure<ObjectDisposedException>();
        Assert.Equal(0, source.Subscriptions);
        Assert.True(open.Empty.IsCompletedSuccessfully);
    }

    [Fact]
    public void Subscribe_ClosedWhileItSubscribes_LetsItsPipelineGo()
    {
        var open = new OpenRequests(10);
        bool disposed = false;
        var source = new RawObservable<Reply<int>>(_ =>
        {
            open.Close();
            return System.Reactive.Disposables.Disposable.Create(() => disposed = true);
        });
        var seen = new Answers<Reply<int>>(() => 0);

        ((IObservable<Reply<int>>)new EdgeThatIsClosedFirst(open, () => { }, source)).CheckGrammar().Subscribe(seen);

        seen.Failure<ObjectDisposedException>();
        Assert.True(disposed);
    }

    [Fact]
    public void Pipeline_EndsWithoutAReply_FailsAndSaysSo()
    {
        var source = new RawObservable<Reply<int>>(observer => observer.OnCompleted());
        var seen = new Answers<Reply<int>>(() => 0);

        ((IObservable<Reply<int>>)new EdgeThatIsClosedFirst(new OpenRequests(10), () => { }, source)).CheckGrammar().Subscribe(seen);

        Assert.StartsWith("m: ", seen.Failure<InvalidOperationException>().Message);
    }

    private sealed class EdgeThatIsClosedFirst(OpenRequests open, Action close, IObservable<Reply<int>> source) : RequestEdge<int>
    {
        private readonly TermsAlone _terms = new();

        public override string Method => _terms.Method;

        public override bool Idempotent => _terms.Idempotent;

        public override RequestPolicy Policy => _terms.Policy;

        public override OpenRequests OpenRequests => open;

        public override ReplayTokens ReplayTokens => _terms.ReplayTokens;

        public override IStopwatch Stopwatch => _terms.Stopwatch;

        public override IScheduler Clock => _terms.Clock;

        public override RequestRecorder? Recorder => null;

        public override Continuations Continuations => _terms.Continuations;

        public override void Report(Exception thrown) => _terms.Report(thrown);

        public override HedgePlan? NewHedge() => null;

        protected override RequestTrail Begin() => new(this);

        protected override IObservable<Reply<int>> Pipeline(RequestTrail trail)
        {
            close();
            return source;
        }
    }
}
