using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>The table "What moves to the next server", row by row: a is asked first, and b next if the request may move.</summary>
public class DecisionTableTests
{
    private static readonly RawJson LongParameters = RawJson.Parse($"[\"{new string('r', 2000)}\"]");
    private static readonly RequestPolicy Patient = new() { TryTimeout = TimeSpan.FromHours(1), TotalTimeout = TimeSpan.FromHours(1) };

    private readonly TestScheduler _clock = new();
    private readonly InMemoryNetwork _network;
    private readonly ScriptedServer _a;
    private readonly ScriptedServer _b;

    public DecisionTableTests()
    {
        _network = new InMemoryNetwork(_clock);
        _a = new ScriptedServer(_network, new InMemoryEndPoint("a"), _clock);
        _b = new ScriptedServer(_network, new InMemoryEndPoint("b"), _clock);
    }

    public enum Row
    {
        NotConnected,
        InFlightBoundReached,
        SendQueueFull,
        LostBeforeHandOver,
        CutInPlaceOfTheFirstByte,
        CutAfterTheFirstByte,
        LostAfterHandOver,
        NoReplyInTime,
        NoReplyInTimeAndNeverHandedOver,
    }

    public static TheoryData<Row, AttemptEnd, Written, int, Type, Replay> Failures()
    {
        var data = new TheoryData<Row, AttemptEnd, Written, int, Type, Replay>();
        foreach (Replay replay in Enum.GetValues<Replay>())
        {
            data.Add(Row.NotConnected, AttemptEnd.Unavailable, Written.NotWritten, 0, typeof(ServerUnavailableException), replay);
            data.Add(Row.InFlightBoundReached, AttemptEnd.Unavailable, Written.NotWritten, 0, typeof(ServerUnavailableException), replay);
            data.Add(Row.SendQueueFull, AttemptEnd.Unavailable, Written.NotWritten, 0, typeof(ServerUnavailableException), replay);
            data.Add(Row.LostBeforeHandOver, AttemptEnd.ConnectionLost, Written.NotWritten, 40, typeof(ConnectionLostException), replay);
            // The socket took the bytes; that the wire lost them all is more than the client can know.
            data.Add(Row.CutInPlaceOfTheFirstByte, AttemptEnd.ConnectionLost, Written.MaybeExecuted, 0, typeof(ConnectionLostException), replay);
            data.Add(Row.CutAfterTheFirstByte, AttemptEnd.ConnectionLost, Written.MaybeExecuted, 0, typeof(ConnectionLostException), replay);
            data.Add(Row.LostAfterHandOver, AttemptEnd.ConnectionLost, Written.MaybeExecuted, 40, typeof(ConnectionLostException), replay);
            data.Add(Row.NoReplyInTime, AttemptEnd.TimedOut, Written.MaybeExecuted, 500, typeof(RequestTimeoutException), replay);
            data.Add(Row.NoReplyInTimeAndNeverHandedOver, AttemptEnd.TimedOut, Written.NotWritten, 500, typeof(RequestTimeoutException), replay);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Call_FirstServerFails_MovesOnlyAsTheTableSays(Row row, AttemptEnd end, Written written, int after, Type failure, Replay replay)
    {
        bool moves = replay == Replay.Always || (replay == Replay.IfNotWritten && written == Written.NotWritten);
        JsonRpcClient client = Prepare(row);
        int others = InFlight(client);

        Answers<Reply<RawJson>> answers = Subscribe(client.Call("m", LongParameters, new RequestPolicy { Replay = replay }));
        Advance(40);
        if (row is Row.LostBeforeHandOver or Row.LostAfterHandOver) _network.At("a").Reset();
        if (after > 40)
        {
            Assert.Equal(others + 1, InFlight(client));
            Advance(after - 1);
            Assert.True(answers.Silent);
            Advance(after);
        }

        Assert.Equal(row is Row.LostBeforeHandOver or Row.CutInPlaceOfTheFirstByte or Row.CutAfterTheFirstByte ? 0 : Left(row, others), InFlight(client));
        Assert.Equal(moves ? [after] : [], CallsOf(_b));
        IReadOnlyList<Attempt> attempts;
        if (moves)
        {
            Assert.Equal("\"b\"", answers.Value.Result.ToString());
            Assert.Equal(after, answers.CompletedAt);
            attempts = answers.Value.Attempts;
            AssertAttempt(attempts[1], "b", AttemptEnd.Result, Written.MaybeExecuted, after, 0);
        }
        else
        {
            Assert.IsType(failure, answers.Error?.Error);
            Assert.Equal(after, answers.Error!.Value.At);
            var known = (JsonRpcException)answers.Error.Value.Error;
            Assert.Equal(written, known.Written);
            attempts = known.Attempts;
        }
        Assert.Equal(moves ? 2 : 1, attempts.Count);
        AssertAttempt(attempts[0], "a", end, written, 0, after);
        bool arrived = row is Row.LostAfterHandOver or Row.NoReplyInTime;
        Assert.Equal(arrived ? [0] : [], CallsOf(_a));
    }

    [Theory]
    [InlineData(Replay.IfNotWritten, false)]
    [InlineData(Replay.Always, false)]
    [InlineData(Replay.Never, false)]
    [InlineData(Replay.IfNotWritten, true)]
    [InlineData(Replay.Always, true)]
    [InlineData(Replay.Never, true)]
    public void Call_ErrorReply_MovesOnlyIfInRetryOn(Replay replay, bool retryable)
    {
        bool moves = retryable && replay != Replay.Never;
        _a.OnAny(answer => answer.Error(-32000, "busy").After(TimeSpan.FromMilliseconds(30)));
        JsonRpcClient client = Client();

        Answers<Reply<RawJson>> answers = Subscribe(client.Call("m", policy: Retrying(replay, retryable ? "-32000" : "-32603")));
        Advance(30);

        Assert.Equal(30, answers.CompletedAt);
        Assert.Equal(moves ? null : "busy", answers.Value.Error?.Message);
        Assert.Equal([0], CallsOf(_a));
        Assert.Equal(moves ? [30] : [], CallsOf(_b));
        Assert.Equal(moves ? 2 : 1, answers.Value.Attempts.Count);
        AssertAttempt(answers.Value.Attempts[0], "a", AttemptEnd.Error, Written.MaybeExecuted, 0, 30);
        Assert.Equal(0, InFlight(client));
    }

    [Theory]
    [InlineData(Replay.IfNotWritten)]
    [InlineData(Replay.Always)]
    public void Call_RetryableErrorLast_IsThatErrorWithEveryAttempt(Replay replay)
    {
        _network.At("a").Refuse();
        _b.OnAny(answer => answer.Error(-32000, "busy").After(TimeSpan.FromMilliseconds(30)));
        JsonRpcClient client = Client();

        Answers<Reply<RawJson>> answers = Subscribe(client.Call("m", policy: Retrying(replay, "-32000")));
        Advance(30);

        Assert.Equal("busy", answers.Value.Error!.Message);
        Assert.Equal(30, answers.CompletedAt);
        AssertAttempt(answers.Value.Attempts[0], "a", AttemptEnd.Unavailable, Written.NotWritten, 0, 0);
        AssertAttempt(answers.Value.Attempts[1], "b", AttemptEnd.Error, Written.MaybeExecuted, 0, 30);
    }

    [Theory]
    [InlineData(Replay.IfNotWritten, 2)]
    [InlineData(Replay.Always, 2)]
    [InlineData(Replay.Never, 1)]
    public void Call_NoServerReached_FailsWithEveryAttempt(Replay replay, int attempts)
    {
        _network.At("a").Refuse();
        _network.At("b").Refuse();

        Answers<Reply<RawJson>> answers = Subscribe(Client().Call("m", policy: new RequestPolicy { Replay = replay }));

        var failure = Assert.IsAssignableFrom<JsonRpcException>(answers.Error?.Error);
        Assert.Equal(replay == Replay.Never ? typeof(ServerUnavailableException) : typeof(NoServerException), failure.GetType());
        Assert.Equal(0, answers.Error!.Value.At);
        Assert.Equal(attempts, failure.Attempts.Count);
        Assert.All(failure.Attempts, attempt => Assert.Equal((AttemptEnd.Unavailable, Written.NotWritten), (attempt.End, attempt.Written)));
    }

    private JsonRpcClient Prepare(Row row)
    {
        _a.OnAny(answer => answer.Never());
        InMemoryRoute toA = _network.At("a");
        if (row == Row.NotConnected) toA.Refuse();
        JsonRpcClient client = Client(row == Row.InFlightBoundReached ? 1 : 1000);
        if (row == Row.InFlightBoundReached) Fill(client, 1, 10);
        if (row is Row.SendQueueFull or Row.LostBeforeHandOver or Row.NoReplyInTimeAndNeverHandedOver)
        {
            toA.BlackHole();
            Fill(client, 1, 70_000);
        }
        if (row == Row.SendQueueFull) Fill(client, 99, 1000);
        if (row == Row.CutInPlaceOfTheFirstByte) toA.CutToServerAfter(0);
        if (row == Row.CutAfterTheFirstByte) toA.CutToServerAfter(1);
        return client;
    }

    /// <summary>Others' requests: they fill the bound of calls, the socket's buffer or the queue.</summary>
    private void Fill(JsonRpcClient client, int count, int length)
    {
        RawJson parameters = RawJson.Parse($"[\"{new string('f', length)}\"]");
        for (int i = 0; i < count; i++) Subscribe(client.Call("fill", parameters, Patient with { Replay = Replay.Never }));
    }

    private JsonRpcClient Client(int maxInFlight = 1000) => new(
        _network.ClientOptions(_a.WithPriority(2), _b.WithPriority(1)) with
        {
            MaxInFlightPerServer = maxInFlight,
            MaxFrameBytes = 100_000,
            MaxQueuedBytesPerConnection = 100_000,
            Reconnect = Backoff.Constant(TimeSpan.FromHours(1)),
        },
        _clock);

    private Answers<T> Subscribe<T>(IObservable<T> source)
    {
        var answers = new Answers<T>(() => _clock.Clock / TimeSpan.TicksPerMillisecond);
        answers.Subscription = source.CheckGrammar().Subscribe(answers);
        return answers;
    }

    private void Advance(long milliseconds) => _clock.AdvanceTo(milliseconds * TimeSpan.TicksPerMillisecond);

    private static RequestPolicy Retrying(Replay replay, string codes) => new() { Replay = replay, RetryOn = ErrorCodes.Parse(codes) };

    private static int Left(Row row, int others) => row == Row.LostAfterHandOver ? 0 : others;

    private static int InFlight(JsonRpcClient client) => client.Groups[0].Servers[0].InFlight;

    private static IEnumerable<int> CallsOf(ScriptedServer server) =>
        server.Received.Where(call => call.Method == "m").Select(call => (int)(call.At.Ticks / TimeSpan.TicksPerMillisecond));

    private static void AssertAttempt(Attempt attempt, string server, AttemptEnd end, Written written, int startedAfter, int took) => Assert.Equal(
        ($"memory:{server}", end, written, (double)startedAfter, (double)took),
        (attempt.Server.EndPoint.ToString(), attempt.End, attempt.Written, attempt.StartedAfter.TotalMilliseconds, attempt.Took.TotalMilliseconds));
}
