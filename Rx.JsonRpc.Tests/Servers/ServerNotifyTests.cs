using System.IO.Pipelines;
using System.Reactive;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Servers;

public class ServerNotifyTests
{
    [Fact]
    public void Notify_DisposedWhileItIsHandedOver_KnowsWhetherItLeft() => Race.Run(
        40_000,
        () => new StuckWriter(),
        round => round.Release(),
        round => round.GiveUp(),
        round => Assert.Equal(round.Left ? Written.MaybeExecuted : Written.NotWritten, round.Told));

    [Fact]
    public void Notify_HandedOver_TellsItOnTheContinuations()
    {
        (OneServer world, Later later) = Connected();
        Answers<Reply<Unit>> answers = Subscribe(world);
        Assert.True(answers.Silent);

        later.Run();

        Assert.False(answers.Value.IsError);
    }

    [Fact]
    public void Dispose_HandedOverButNotToldYet_TellsNothing()
    {
        (OneServer world, Later later) = Connected();
        Answers<Reply<Unit>> answers = Subscribe(world);

        answers.Subscription.Dispose();
        later.Run();

        Assert.True(answers.Silent);
    }

    [Fact]
    public void Dispose_InsideOnNext_DoesNotComplete()
    {
        (OneServer world, Later later) = Connected();
        var stops = new DisposesInOnNext<Reply<Unit>>(NotifyOf(world, "m", out _));

        later.Run();

        Assert.Equal(["value"], stops.Seen);
    }

    [Fact]
    public void Lost_BeforeItHadLeft_FailsAndTellsNothingElse()
    {
        var world = new OneServer();
        using IAcceptor acceptor = world.Network.Listen(world.Server.Address.EndPoint);
        world.Server.Start();
        var peer = (InMemoryConnection)acceptor.AcceptAsync().Now()!.Pipe;
        world.Call(new string('x', 70_000));
        Answers<Reply<Unit>> answers = Subscribe(world);
        Assert.True(answers.Silent);

        peer.Abort(new IOException("reset"));

        answers.Failure<ServerUnavailableException>();
    }

    private static (OneServer World, Later Later) Connected()
    {
        var later = new Later();
        var world = new OneServer(options => options with { Continuations = later });
        world.Peer.Start();
        world.Server.Start();
        return (world, later);
    }

    private static Answers<Reply<Unit>> Subscribe(OneServer world)
    {
        var answers = new Answers<Reply<Unit>>(() => world.Now);
        answers.Subscription = NotifyOf(world, "m", out _).Subscribe(answers);
        return answers;
    }

    private static IObservable<Reply<Unit>> NotifyOf(OneServer world, string method, out AttemptRecord record)
    {
        record = new AttemptRecord(world.Server, 1, TimeSpan.Zero);
        return world.Server.Notify(method, MethodName.RequestPrefix(method), default, RawJsonTypeInfo.Instance, record);
    }

    /// <summary>A server whose writer has sent one notification, and goes on to the second when the far end reads.</summary>
    private sealed class StuckWriter : IDuplexPipe
    {
        private static readonly PipeOptions OneByOne = new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 1,
            resumeWriterThreshold: 1,
            useSynchronizationContext: false);

        private static int _pause;

        private readonly Pipe _out = new(OneByOne);
        private readonly Pipe _in = new(OneByOne);
        private readonly OneServer _world;
        private readonly AttemptRecord _record;
        private readonly IDisposable _second;

        public StuckWriter()
        {
            _world = new OneServer(connect: (_, _) => new ValueTask<IDuplexPipe>(this));
            _world.Server.Start();
            Notify("first", out _);
            _second = Notify("second", out _record);
        }

        public PipeReader Input => _in.Reader;

        public PipeWriter Output => _out.Writer;

        public Written Told { get; private set; }

        public bool Left => Read().Contains("second");

        public void Release() => Assert.Contains("first", Read());

        public void GiveUp()
        {
            // The writer's way to the second notification is longer than the way here.
            Thread.SpinWait(Interlocked.Increment(ref _pause) % 256);
            _second.Dispose();
            Told = _record.Written;
        }

        private IDisposable Notify(string method, out AttemptRecord record) =>
            NotifyOf(_world, method, out record).Subscribe(Observer.Create<Reply<Unit>>(_ => { }));

        private string Read() => _out.Reader.TakeText();
    }
}
