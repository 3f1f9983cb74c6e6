using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

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

        edge.CheckGrammar().Subscribe(seen);

        seen.Failure<ObjectDisposedException>();
        Assert.Equal(0, source.Subscriptions);
        Assert.True(open.Empty.IsCompletedSuccessfully);
    }

    private sealed class EdgeThatIsClosedFirst(OpenRequests open, Action close, IObservable<Reply<int>> source)
        : RequestEdge<int>(open, recorder: null)
    {
        private readonly TestScheduler _clock = new();

        protected override RequestTrail Begin() =>
            new("m", _clock.StartStopwatch(), new ReplayTokens(RetryBudget.Off), _ => true, TimeLimit.Of(RequestPolicy.Default, _clock));

        protected override IObservable<Reply<int>> Pipeline(RequestTrail trail)
        {
            close();
            return source;
        }
    }
}
