using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using static Rx.JsonRpc.Tests.Support.VirtualTime;

namespace Rx.JsonRpc.Tests.Support;

public class VirtualTimeTests
{
    [Fact]
    public void TestScheduler_ColdSource_RecordsMessagesAndIntervals()
    {
        var scheduler = new TestScheduler();
        ITestableObservable<int> source = scheduler.CreateColdObservable(OnNext(10, 1), OnCompleted<int>(20));

        ITestableObserver<int> seen = scheduler.Start(() => source.Delay(TimeSpan.FromTicks(5), scheduler));

        Assert.Equal([OnNext(215, 1), OnCompleted<int>(225)], seen.Messages);
        Assert.Equal([Subscribed(200, 220)], source.Subscriptions);
    }
}
