using System.Reactive.Concurrency;
using Rx.JsonRpc.Tests.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>A request as a task goes the same way as the observable one; these tests are about its end.</summary>
public class RequestAsyncTests
{
    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void RequestAsync_Answered_IsTheResult()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => _world.Clock.Schedule(TimeSpan.FromMilliseconds(5), () => call.Result("""{"Name":"Ada","Age":36}"""));
        var method = new Method<Person, Person>("get_user", TestJson.Default.Person, TestJson.Default.Person);

        ValueTask<Person> typed = client.RequestAsync(method, new Person { Name = "Ada" });
        ValueTask<RawJson> raw = client.RequestAsync("get_user", RawJson.Parse("[1]"));
        _world.AdvanceTo(4.9);
        Assert.False(typed.IsCompleted);
        _world.AdvanceTo(5);

        Assert.Equal(36, Done(typed).Age);
        Assert.Equal("""{"Name":"Ada","Age":36}""", Done(raw).ToString());
    }

    [Fact]
    public void RequestAsync_FirstServerSilent_IsAnsweredByTheSecondAfterTheTryTimeout()
    {
        JsonRpcClient client = _world.Client("a,2 b,1");
        _world["a"].OnCall = _ => { };
        var policy = new RequestPolicy { TryTimeout = TimeSpan.FromMilliseconds(30), Replay = Replay.Always };

        ValueTask<RawJson> task = client.RequestAsync("m", policy: policy);
        _world.AdvanceTo(29.9);
        Assert.False(task.IsCompleted);
        _world.AdvanceTo(30);

        Assert.Equal("\"b\"", Done(task).ToString());
    }

    [Fact]
    public async Task RequestAsync_ErrorReply_FailsWithItAndItsAttempts()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => call.Error(-32000, "busy");

        ErrorReplyException failure = await Assert.ThrowsAsync<ErrorReplyException>(async () => await client.RequestAsync("m"));

        Assert.Equal((-32000, "m", 1), (failure.Error.Code, failure.Method, failure.Attempts.Count));
    }

    [Fact]
    public async Task RequestAsync_NoServer_FailsAsTheObservableDoes() =>
        await Assert.ThrowsAsync<NoServerException>(async () => await _world.Client("a!").RequestAsync("m"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RequestAsync_TokenIsCancelledBefore_SendsNothing(bool cancelled)
    {
        JsonRpcClient client = _world.Client("a");
        using var stop = new CancellationTokenSource();
        if (cancelled) stop.Cancel();

        Task<RawJson> task = client.RequestAsync("m", cancellationToken: stop.Token).AsTask();
        _world.AdvanceTo(60_000);

        Assert.Equal(cancelled ? TaskStatus.Canceled : TaskStatus.RanToCompletion, task.Status);
        Assert.Equal(cancelled ? [] : ["m"], _world["a"].Calls.Select(call => call.Method));
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
    }

    [Fact]
    public async Task RequestAsync_TokenIsCancelledInFlight_StopsWaitingAndIsRecordedAsCancelled()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        var records = new List<RequestRecord>();
        using IDisposable recording = client.Records.Subscribe(records.Add);
        using var stop = new CancellationTokenSource();

        ValueTask<RawJson> task = client.RequestAsync("m", cancellationToken: stop.Token);
        Assert.Equal(1, client.Groups[0].Servers[0].InFlight);
        await stop.CancelAsync();

        OperationCanceledException cancelled = await Assert.ThrowsAsync<OperationCanceledException>(async () => await task);
        Assert.Equal(stop.Token, cancelled.CancellationToken);
        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
        Assert.Equal(OutcomeKind.Cancelled, Assert.Single(records).Outcome);
    }

    [Fact]
    public async Task RequestAsync_TokenIsCancelled_TheCodeBehindTheAwaitRunsWhereContinuationsRun()
    {
        var later = new Later();
        JsonRpcClient client = _world.Client("a", options => options with { Continuations = later });
        later.Run();
        _world["a"].OnCall = _ => { };
        using var stop = new CancellationTokenSource();
        int ended = 0;
        Task awaiting = Await(client.RequestAsync("m", cancellationToken: stop.Token), () => ended++);
        later.Run();

        stop.Cancel();

        Assert.Equal(0, ended);
        later.Run();
        Assert.Equal(1, ended);
        await awaiting;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequestAsync_TimedOutOrDisposed_TheCodeBehindTheAwaitRunsWhereContinuationsRun(bool timesOut)
    {
        var later = new Later();
        JsonRpcClient client = _world.Client("a", options => options with { Continuations = later });
        later.Run();
        _world["a"].OnCall = _ => { };
        int ended = 0;
        Task awaiting = Await(client.RequestAsync("m"), () => ended++);
        later.Run();

        if (timesOut) _world.AdvanceTo(10_000);
        else _ = client.DisposeAsync().AsTask();

        Assert.Equal(0, ended);
        later.Run();
        Assert.Equal(1, ended);
        await awaiting;
    }

    [Fact]
    public async Task DrainAsync_TokenIsCancelled_TheCodeBehindTheAwaitDoesNotRunInsideCancel()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        _world.Subscribe(client.Request("m"));
        using var stop = new CancellationTokenSource();
        int canceller = Environment.CurrentManagedThreadId;
        int ranOn = 0;
        Task awaiting = Await(new ValueTask<RawJson>(Drain()), () => Volatile.Write(ref ranOn, Environment.CurrentManagedThreadId));

        stop.Cancel();
        // This thread has not been given back since: what runs on it now ran inside.
        bool inside = Volatile.Read(ref ranOn) == canceller;

        await awaiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(inside);

        async Task<RawJson> Drain()
        {
            await client.DrainAsync(TimeSpan.FromSeconds(30), stop.Token).ConfigureAwait(false);
            return default;
        }
    }

    [Fact]
    public void RequestAsync_TokenIsCancelledAfterTheAnswer_ChangesNothing()
    {
        JsonRpcClient client = _world.Client("a");
        using var stop = new CancellationTokenSource();

        ValueTask<RawJson> task = client.RequestAsync("m", cancellationToken: stop.Token);
        stop.Cancel();

        Assert.Equal("\"a\"", Done(task).ToString());
    }

    [Fact]
    public void RequestAsync_AnswerAndCancelRace_EndsOnceEitherWay()
    {
        Race.Run(
            5_000,
            () =>
            {
                var world = new ClientInVirtualTime();
                JsonRpcClient client = world.Client("a");
                FakeCall? asked = null;
                world["a"].OnCall = call => asked = call;
                var stop = new CancellationTokenSource();
                return (Stop: stop, Task: client.RequestAsync("m", cancellationToken: stop.Token).AsTask(), Answer: (Action)(() => asked!.Result("1")));
            },
            round => round.Answer(),
            round => round.Stop.Cancel(),
            round =>
            {
                Assert.True(round.Task.IsCompleted);
                if (!round.Task.IsCanceled) Assert.Equal("1", round.Task.Result.ToString());
            });
    }

    [Fact]
    public async Task RequestAsync_ClientIsDisposed_Fails()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = _ => { };
        ValueTask<RawJson> task = client.RequestAsync("m");

        await client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await task);
    }

    private static async Task Await(ValueTask<RawJson> task, Action ended)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            ended();
        }
    }

    private static T Done<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.Result;
    }
}
