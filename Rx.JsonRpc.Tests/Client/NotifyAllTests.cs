using System.Reactive;
using System.Reactive.Subjects;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

public class NotifyAllTests
{
    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void NotifyAll_EveryServerUp_ReachesEachOfTheFirstGroupOnce()
    {
        JsonRpcClient client = _world.Client("a,2 b,2 c,2 d,1");

        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload", RawJson.Parse("[1]")));

        Assert.Equal(["memory:a", "memory:b", "memory:c"], reports.Values.Select(report => report.Value.Server.ToString()!.Split(',')[0]));
        Assert.All(reports.Values, report => Assert.True(report.Value.Sent));
        Assert.Equal(0, reports.CompletedAt);
        Assert.All("abc", name => Assert.Equal(("reload", "[1]", null), Seen(name)));
        Assert.Empty(_world["d"].Calls);
    }

    [Fact]
    public void NotifyAll_OneServerAway_ReportsItAndDoesNotMoveOn()
    {
        JsonRpcClient client = _world.Client("a,2 b!,2 c,1");

        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload"));

        Assert.Equal([true, false], reports.Values.Select(report => report.Value.Sent));
        ServerUnavailableException failure = Assert.IsType<ServerUnavailableException>(reports.Values[1].Value.Failure);
        Assert.Equal(("reload", reports.Values[1].Value.Server, Written.NotWritten), (failure.Method, failure.Server, failure.Written));
        Assert.Empty(_world["c"].Calls);
    }

    [Fact]
    public void NotifyAll_FirstGroupAway_GoesToTheNext()
    {
        JsonRpcClient client = _world.Client("a!,2 b,1 c!,1");

        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload"));

        Assert.Equal([true, false], reports.Values.Select(report => report.Value.Sent));
        Assert.Single(_world["b"].Calls);
    }

    [Fact]
    public void NotifyAll_NobodyThere_ReportsTheFirstGroupAndCompletes()
    {
        JsonRpcClient client = _world.Client("a!,2 b!,2 c!,1");

        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload"));

        Assert.Equal([false, false], reports.Values.Select(report => report.Value.Sent));
        Assert.Equal(0, reports.CompletedAt);
    }

    [Fact]
    public void NotifyAll_TopologyNamesNoServer_CompletesWithoutAReport()
    {
        JsonRpcClient client = _world.Client("a", options => options with
        {
            Topology = System.Reactive.Linq.Observable.Return<IReadOnlyList<ServerAddress>>([]),
        });

        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload"));

        Assert.Empty(reports.Values);
        Assert.Equal(0, reports.CompletedAt);
    }

    [Fact]
    public void NotifyAll_NamedGroup_IsTheOneAsked()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");

        _world.Subscribe(client.NotifyAll("reload", group: client.Groups[1]));

        Assert.Empty(_world["a"].Calls);
        Assert.Single(_world["b"].Calls);
    }

    [Fact]
    public void NotifyAll_GroupOfAnotherClient_IsRefused()
    {
        JsonRpcClient client = _world.Client("a");
        ServerGroup foreign = new ClientInVirtualTime().Client("a").Groups[0];

        Assert.Throws<ArgumentException>(() => client.NotifyAll("reload", group: foreign));
    }

    [Fact]
    public void NotifyAll_OneIsStuck_IsReportedWhenItsTimeIsOverAndNeverSent()
    {
        JsonRpcClient client = StuckAt("b");

        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload"));
        _world.AdvanceTo(499);
        Assert.Equal((0, true), (reports.Values.Single().At, reports.CompletedAt is null));
        _world.AdvanceTo(500);
        _world.Network.At("b").Heal();
        _world.AdvanceTo(10_000);

        Assert.Equal([0, 500], reports.Values.Select(report => report.At));
        RequestTimeoutException failure = Assert.IsType<RequestTimeoutException>(reports.Values[1].Value.Failure);
        Assert.Equal(Written.NotWritten, failure.Written);
        Assert.EndsWith("within 500 ms (attempt 1); it was not sent", failure.Message);
        Assert.Equal(500, reports.CompletedAt);
        Assert.DoesNotContain(_world["b"].Calls, call => call.Method == "reload");
    }

    [Fact]
    public void NotifyAll_Disposed_TakesBackWhatHasNotLeft()
    {
        JsonRpcClient client = StuckAt("b");
        Answers<NotifyReport> reports = _world.Subscribe(client.NotifyAll("reload"));

        reports.Subscription.Dispose();
        _world.Network.At("b").Heal();
        _world.AdvanceTo(10_000);

        Assert.Single(reports.Values);
        Assert.Null(reports.CompletedAt);
        Assert.DoesNotContain(_world["b"].Calls, call => call.Method == "reload");
    }

    [Fact]
    public void NotifyAll_ConnectionLostAfterwards_IsNotSentAgain()
    {
        JsonRpcClient client = _world.Client("a b");
        _world.Subscribe(client.NotifyAll("reload", policy: new RequestPolicy { Replay = Replay.Always, Retries = -1 }));

        _world["a"].Connection!.Dispose();
        _world.AdvanceTo(10_000);

        Assert.Equal((1, 1), (_world["a"].Calls.Count, _world["b"].Calls.Count));
    }

    [Fact]
    public async Task NotifyAll_ClientDrainedOrDisposed_ReportsSoForEach()
    {
        JsonRpcClient client = _world.Client("a b");
        await client.DrainAsync(TimeSpan.Zero);
        Answers<NotifyReport> drained = _world.Subscribe(client.NotifyAll("reload"));
        await client.DisposeAsync();
        Answers<NotifyReport> disposed = _world.Subscribe(client.NotifyAll("reload"));

        Assert.Equal(2, drained.Values.Count(report => report.Value.Failure is ServerUnavailableException));
        Assert.Equal(2, disposed.Values.Count(report => report.Value.Failure is ObjectDisposedException));
        Assert.Equal((0, 0), (drained.CompletedAt, disposed.CompletedAt));
        Assert.Empty(_world["a"].Calls);
    }

    [Fact]
    public void NotifyAll_SubscribedTwice_SendsTwice()
    {
        JsonRpcClient client = _world.Client("a b");
        IObservable<NotifyReport> notify = client.NotifyAll("reload");
        Assert.Empty(_world["a"].Calls);

        _world.Subscribe(notify);
        _world.Subscribe(notify);

        Assert.Equal((2, 2), (_world["a"].Calls.Count, _world["b"].Calls.Count));
    }

    [Fact]
    public void Broadcast_GroupHasBecomeEmpty_Completes() =>
        Assert.Equal(0, _world.Subscribe(new Broadcast(() => [], _ => throw new InvalidOperationException())).CompletedAt);

    [Fact]
    public void Broadcast_ReportComesInsideOnNext_IsToldWhenThatHasReturned()
    {
        JsonRpcClient client = _world.Client("a b");
        Subject<Unit>[] sent = [new(), new()];
        var waiting = new Queue<Subject<Unit>>(sent);
        var told = new List<string>();
        new Broadcast(() => client.Groups[0].Servers, _ => waiting.Dequeue()).CheckGrammar().Subscribe(
            report =>
            {
                told.Add(report.Server.ToString());
                sent[1].OnCompleted();
                told.Add("returned");
            },
            () => told.Add("completed"));

        sent[0].OnCompleted();

        Assert.Equal(["memory:a", "returned", "memory:b", "returned", "completed"], told);
    }

    private (string Method, string Parameters, long? Id) Seen(char name)
    {
        FakeCall call = Assert.Single(_world[name.ToString()].Calls);
        return (call.Method, call.Parameters, call.Id);
    }

    private JsonRpcClient StuckAt(string name)
    {
        JsonRpcClient client = _world.Client("a b");
        _world.Network.At(name).BlackHole();
        _world.Subscribe(client.NotifyAll("big", RawJson.Parse($"[\"{new string('x', 70_000)}\"]")));
        return client;
    }
}
