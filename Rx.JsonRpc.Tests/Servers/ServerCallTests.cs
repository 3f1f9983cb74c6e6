using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class ServerCallTests
{
    [Fact]
    public void Dispose_BeforeTheHandOver_TheRequestNeverLeaves()
    {
        var world = new OneServer();
        using var acceptor = world.Network.Listen(world.Server.Address.EndPoint);
        world.Server.Start();
        var peer = (InMemoryConnection)acceptor.AcceptAsync().Now()!.Pipe;
        Fill(world, peer);

        (Answers<Reply<RawJson>> answers, AttemptRecord record) = world.Call("withdrawn");
        (_, AttemptRecord behind) = world.Call("behind");
        answers.Subscription.Dispose();
        string sent = ReadAll(peer);

        Assert.DoesNotContain("withdrawn", sent);
        Assert.Contains("behind", sent);
        Assert.Equal(Written.NotWritten, record.Written);
        Assert.Equal(Written.MaybeExecuted, behind.Written);
        Assert.True(answers.Silent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispose_ReplyOrLossIsOnItsWayToTheObserver_IsNotDelivered(bool reply)
    {
        var held = new Later();
        var world = new OneServer(options => options with { Continuations = held });
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        held.Run();
        (Answers<Reply<RawJson>> kept, _) = world.Call();
        (Answers<Reply<RawJson>> answers, _) = world.Call();
        if (reply) world.Peer.Calls.ForEach(call => call.Result("1"));
        else world.Peer.Kill();
        Assert.True(kept.Silent && answers.Silent);

        answers.Subscription!.Dispose();
        held.Run();

        Assert.False(kept.Silent);
        Assert.True(answers.Silent);
    }

    [Fact]
    public void Lost_BehindAStuckFlush_IsKnownNotToHaveLeft()
    {
        var world = new OneServer();
        using var acceptor = world.Network.Listen(world.Server.Address.EndPoint);
        world.Server.Start();
        var peer = (InMemoryConnection)acceptor.AcceptAsync().Now()!.Pipe;
        (_, AttemptRecord handedOver) = Fill(world, peer);
        (Answers<Reply<RawJson>> answers, AttemptRecord record) = world.Call("waits");

        peer.Abort(new IOException("reset"));

        answers.Failure<ConnectionLostException>();
        Assert.Equal(Written.NotWritten, record.Written);
        Assert.Equal(Written.MaybeExecuted, handedOver.Written);
    }

    [Fact]
    public void Lost_PendingCalls_EachFailsBeforeTheNextConnectIsTried()
    {
        var order = new List<string>();
        OneServer? world = null;
        world = new OneServer(
            options => options with { Reconnect = new Backoff(), Random = () => 0 },
            (endPoint, token) =>
            {
                order.Add("connect");
                return world!.Network.ConnectAsync(endPoint, token);
            });
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        var record = new AttemptRecord(world.Server, 1, TimeSpan.Zero);
        world.Server.Call(Raw.Method("m"), default, record).Subscribe(_ => { }, failure => order.Add(failure.GetType().Name));

        world.Peer.Connection!.Dispose();

        Assert.Equal(["connect", nameof(ConnectionLostException), "connect"], order);
    }

    [Fact]
    public void Subscribe_Twice_SendsTwiceAndAnswersEach()
    {
        var world = new OneServer();
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        IObservable<Reply<RawJson>> call = world.Server.Call(Raw.Method("m"), default, new AttemptRecord(world.Server, 1, TimeSpan.Zero));
        var first = new Answers<Reply<RawJson>>(() => world.Now);
        var second = new Answers<Reply<RawJson>>(() => world.Now);

        call.CheckGrammar().Subscribe(first);
        call.CheckGrammar().Subscribe(second);
        Assert.Equal(2, world.Server.InFlight);
        world.Peer.Connection!.Dispose();

        Assert.NotSame(first.Failure<ConnectionLostException>(), second.Failure<ConnectionLostException>());
    }

    [Fact]
    public void Lost_SeveralCalls_EachGetsAFailureOfItsOwn()
    {
        var world = new OneServer();
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        Answers<Reply<RawJson>>[] calls = [world.Call().Answers, world.Call().Answers];
        world.Peer.Kill();
        Assert.NotSame(calls[0].Failure<ConnectionLostException>(), calls[1].Failure<ConnectionLostException>());
        Assert.Equal(0, world.Server.InFlight);
    }

    [Fact]
    public void Call_SentFromInsideAFailure_IsToldTheReasonOfTheLoss()
    {
        var world = new OneServer();
        world.Peer.OnCall = _ => { };
        world.Peer.Start();
        world.Server.Start();
        Answers<Reply<RawJson>>? second = null;
        var record = new AttemptRecord(world.Server, 1, TimeSpan.Zero);
        world.Server.Call(Raw.Method("m"), default, record).Subscribe(_ => { }, _ => second = world.Call().Answers);

        world.Peer.Kill();

        Assert.Contains("closed the connection", second!.Failure<ServerUnavailableException>().Message);
    }

    [Fact]
    public void Reply_RacesWithDispose_GivesAtMostOneAnswerAndLeavesNothingBehind()
    {
        FakeCall? call = null;
        var world = new OneServer();
        world.Peer.OnCall = received => call = received;
        world.Peer.Start();
        world.Server.Start();
        Race.Run(
            5000,
            () => (world.Call().Answers, Call: call!),
            round => round.Call.Result("1"),
            round => round.Answers.Subscription.Dispose(),
            round =>
            {
                Assert.Null(round.Answers.Error);
                Assert.InRange(round.Answers.Values.Count, 0, 1);
                Assert.Equal(0, world.Server.InFlight);
            });
    }

    [Fact]
    public void Loss_RacesWithACall_WrittenIsTrue() => Race.Run(
        3000,
        () =>
        {
            var world = new OneServer(options => options with { MaxConnectionAttempts = 0 });
            world.Peer.OnCall = _ => { };
            world.Peer.Start();
            world.Server.Start();
            var record = new AttemptRecord(world.Server, 1, TimeSpan.Zero);
            return (World: world, Record: record, Failure: new TaskCompletionSource<Exception>());
        },
        round => round.World.Server.Call(Raw.Method("m"), default, round.Record).CheckGrammar().Subscribe(_ => { }, round.Failure.SetResult),
        round => round.World.Peer.Connection!.Dispose(),
        round =>
        {
            Exception failure = round.Failure.Task.WaitAsync(TimeSpan.FromSeconds(30)).GetAwaiter().GetResult();
            Assert.Equal(0, round.World.Server.InFlight);
            if (round.World.Peer.Calls.Count > 0) Assert.Equal(Written.MaybeExecuted, round.Record.Written);
            if (failure is ServerUnavailableException) Assert.Empty(round.World.Peer.Calls);
        });

    private static (Answers<Reply<RawJson>> Answers, AttemptRecord Record) Fill(OneServer world, InMemoryConnection peer)
    {
        var call = world.Call(new string('x', 70_000));
        Assert.True(peer.Input.TryRead(out ReadResult read));
        peer.Input.AdvanceTo(read.Buffer.Start);
        return call;
    }

    private static string ReadAll(InMemoryConnection peer)
    {
        var text = new StringBuilder();
        while (peer.Input.TryRead(out ReadResult read))
        {
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            peer.Input.AdvanceTo(read.Buffer.End);
        }
        return text.ToString();
    }
}
