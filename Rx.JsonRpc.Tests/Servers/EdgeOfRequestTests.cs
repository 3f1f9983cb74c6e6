using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class EdgeOfRequestTests
{
    [Fact]
    public void Subscribe_ClosedAfterItEntered_DoesNotSubscribeItsPipeline()
    {
        var open = new OpenRequests(10);
        var clock = new TestScheduler();
        var source = new RawObservable<Reply<int>>(_ => { });
        var edge = new EdgeOfRequest<int>(
            () => new RequestTrail("m", clock.StartStopwatch(), new ReplayTokens(RetryBudget.Off), _ => true, TimeLimit.Of(RequestPolicy.Default, clock)),
            open,
            recorder: null,
            _ =>
            {
                open.Close();
                return source;
            });
        var seen = new Answers<Reply<int>>(() => 0);

        edge.CheckGrammar().Subscribe(seen);

        seen.Failure<ObjectDisposedException>();
        Assert.Equal(0, source.Subscriptions);
        Assert.True(open.Empty.IsCompletedSuccessfully);
    }
}
