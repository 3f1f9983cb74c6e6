using System.IO.Pipelines;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class WaitingForServerTurmoilTests
{
    private const int Each = 500;

    [Fact]
    public async Task Request_FromManyThreadsToAServerThatTakesTwo_NobodyIsForgotten()
    {
        // The clock stands still: a request that nobody calls would wait for ever.
        var world = new ClientInVirtualTime();
        JsonRpcClient client = world.Client("a", options => options with { MaxInFlightPerServer = 2, Continuations = PipeScheduler.ThreadPool });
        world["a"].OnCall = call => ThreadPool.QueueUserWorkItem(static call => call.Result("1"), call, preferLocal: false);
        var policy = new RequestPolicy { WhenDisconnected = WhenDisconnected.Wait };

        Task<RawJson[]>[] threads = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Task.WhenAll(Enumerable.Range(0, Each).Select(_ => client.Request("m", policy: policy).ToTask()))))];
        RawJson[][] results = await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(4 * Each, results.Sum(each => each.Length));
        Assert.Equal(4 * Each, world["a"].Calls.Count);
    }
}
