using System.IO.Pipelines;
using System.Text;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

/// <summary>When a call, its attempt and its trail serve again. What this thread kept last it takes first, so the next one made shows it.</summary>
public class CallsServeAgainTests
{
    private readonly OneServer _world = new();

    [Fact]
    public void Call_DisposedWhileItTellsItsReply_ServesAgain()
    {
        IObservable<Reply<RawJson>> call = Call();
        Answer(call, handle => handle.Dispose());
        Assert.Same(call, Call());
    }

    [Fact]
    public void Call_DisposedWhileItTellsItsReplyOnAnotherThread_IsLeftToTheCollector()
    {
        IObservable<Reply<RawJson>> call = Call();
        Answer(call, handle => OnAnotherThread(handle.Dispose));
        Assert.NotSame(call, Call());
    }

    [Fact]
    public void Call_AnsweredWhileItIsSent_IsLeftToTheCollector()
    {
        // One that has served before: what it was not rid of would show.
        Answer(Call(), handle => handle.Dispose());
        _world.Peer.OnCall = received => received.Result("1");
        IObservable<Reply<RawJson>> call = Call();
        var answers = new Answers<Reply<RawJson>>(() => 0);

        call.Subscribe(answers).Dispose();

        Assert.Equal("1", answers.Value.Result.ToString());
        Assert.NotSame(call, Call());
    }

    [Fact]
    public void Call_PeerGuessesTheReplyBeforeTheRequestLeaves_NeitherServesAgainNorLeaves()
    {
        using var acceptor = _world.Network.Listen(_world.Server.Address.EndPoint);
        _world.Server.Start();
        var peer = (InMemoryConnection)acceptor.AcceptAsync().Now()!.Pipe;
        // What the peer does not read keeps the writer from asking for more.
        _world.Call(new string('x', 70_000));
        Assert.True(peer.Input.TryRead(out ReadResult read));
        peer.Input.AdvanceTo(read.Buffer.Start);
        IObservable<Reply<RawJson>> call = Call("guessed");
        IDisposable handle = System.Reactive.Disposables.Disposable.Empty;
        bool told = false;
        handle = call.Subscribe(_ =>
        {
            told = true;
            handle.Dispose();
        });

        string guess = $$"""{"jsonrpc":"2.0","id":{{((PendingRequest)call).Id}},"result":1}""";
        peer.Output.WriteAsync(Encoding.UTF8.GetBytes($"{guess.Length}:{guess},")).Now();
        IObservable<Reply<RawJson>> next = Call("next");
        next.Subscribe(_ => { });

        Assert.True(told);
        Assert.NotSame(call, next);
        string sent = ReadAll(peer);
        Assert.Contains("next", sent);
        Assert.DoesNotContain("guessed", sent);
    }

    [Fact]
    public void Attempt_EndedByItsReply_ServesAgain()
    {
        var trail = new OneTrail(new TermsAlone());
        AttemptThat attempt = Begin(trail);
        attempt.OnNext(new Reply<int>());
        attempt.Recycle();
        Assert.True(attempt.Kept);
    }

    [Fact]
    public void Attempt_EndedByTheEndOfTheRequestBeforeItsReply_IsLeftToTheCollector()
    {
        var trail = new OneTrail(new TermsAlone());
        AttemptThat attempt = Begin(trail);
        // On another thread, which may judge the attempt still when the reply has been passed.
        trail.EndAll(AttemptEnd.Cancelled);
        attempt.OnNext(new Reply<int>());
        attempt.Recycle();
        Assert.False(attempt.Kept);
    }

    [Fact]
    public void Attempt_BegunAsTheRequestEnds_IsLeftToTheCollector()
    {
        var trail = new OneTrail(new TermsAlone());
        AttemptThat attempt = Begin(trail);
        trail.Seal();
        attempt.OnNext(new Reply<int>());
        attempt.Recycle();
        Assert.False(attempt.Kept);
    }

    [Fact]
    public void Trail_ToldTheReplyToItsOnlyAttempt_ServesAgainAsNew()
    {
        var trail = new OneTrail(new TermsAlone());
        Begin(trail).OnNext(new Reply<int> { Error = new JsonRpcError(1, "busy") });
        trail.Seal();
        IReadOnlyList<Attempt> told = trail.Attempts;
        trail.Done();

        Assert.True(trail.TryServeAgain(new TermsAlone()));

        Assert.Single(told);
        Assert.Empty(trail.Attempts);
        Assert.Null(trail.LastError);
        AttemptThat next = Begin(trail);
        Assert.Equal((1, false, false), (next.Number, next.Replay, next.Ended));
    }

    [Fact]
    public void Trail_RequestHasNotToldItsReply_IsLeftToTheCollector()
    {
        var trail = new OneTrail(new TermsAlone());
        Begin(trail).OnNext(new Reply<int>());
        Assert.False(trail.TryServeAgain(new TermsAlone()));
    }

    [Fact]
    public void Trail_RequestToldItsReplyOnAnotherThread_IsLeftToTheCollector()
    {
        var trail = new OneTrail(new TermsAlone());
        Begin(trail).OnNext(new Reply<int>());
        OnAnotherThread(trail.Done);
        Assert.False(trail.TryServeAgain(new TermsAlone()));
    }

    [Fact]
    public void Trail_SecondAttempt_IsLeftToTheCollector()
    {
        var trail = new OneTrail(new TermsAlone());
        AttemptThat first = Begin(trail);
        Begin(trail).OnNext(new Reply<int>());
        first.OnError(new TimeoutException());
        trail.Done();
        Assert.False(trail.TryServeAgain(new TermsAlone()));
    }

    public static TheoryData<string> OthersThatKnowIt => ["hedge", "retries", "wait"];

    [Theory]
    [MemberData(nameof(OthersThatKnowIt))]
    public void Trail_OthersMayKnowIt_IsLeftToTheCollector(string other)
    {
        var trail = new OneTrail(new TermsAlone
        {
            Hedge = other == "hedge" ? new HedgePlan(Hedge.After(TimeSpan.FromSeconds(1)), null) : null,
            Own = RequestPolicy.Default with
            {
                Retries = other == "retries" ? 1 : 0,
                WhenDisconnected = other == "wait" ? WhenDisconnected.Wait : WhenDisconnected.FailFast,
            },
        });
        Begin(trail).OnNext(new Reply<int>());
        trail.Done();
        Assert.False(trail.TryServeAgain(new TermsAlone()));
    }

    private IObservable<Reply<RawJson>> Call(string method = "m") =>
        _world.Server.CallOnce(Raw.Method(method), default, new AttemptRecord(_world.Server));

    /// <summary>Has the call answered, and disposed from inside its OnNext.</summary>
    private void Answer(IObservable<Reply<RawJson>> call, Action<IDisposable> dispose)
    {
        FakeCall? asked = null;
        _world.Peer.OnCall = received => asked = received;
        _world.Peer.Start();
        _world.Server.Start();
        IDisposable handle = System.Reactive.Disposables.Disposable.Empty;
        handle = call.Subscribe(_ => dispose(handle));
        asked!.Result("1");
    }

    private AttemptThat Begin(RequestTrail trail)
    {
        var attempt = new AttemptThat(_world.Server, trail);
        attempt.Subscribe(new Answers<Reply<int>>(() => 0));
        return attempt;
    }

    private static void OnAnotherThread(Action action)
    {
        var other = new Thread(() => action());
        other.Start();
        other.Join();
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

    private sealed class AttemptThat(Server server, RequestTrail trail) : RecordedAttempt<int>(server, trail)
    {
        public bool Kept { get; private set; }

        protected override IObservable<Reply<int>> Try() => new RawObservable<Reply<int>>(_ => { });

        protected override void Keep() => Kept = true;
    }

    private sealed class OneTrail(RequestTerms terms) : RequestTrail(terms)
    {
        public bool TryServeAgain(RequestTerms terms)
        {
            if (!TryReset()) return false;
            Begin(terms);
            return true;
        }
    }
}
