using System.Net;

namespace Rx.JsonRpc.Tests.Contracts;

public class OutcomeTests
{
    private static readonly Attempt[] Attempts = [new Attempt { Server = new ServerAddress(new DnsEndPoint("a", 1)) }];

    [Fact]
    public void From_Result_HasNoReason()
    {
        var outcome = Outcome<int>.From(new Reply<int> { Result = 7, Attempts = Attempts });

        Assert.Equal((OutcomeKind.Result, 7, ""), (outcome.Kind, outcome.Result, outcome.Reason));
        Assert.Same(Attempts, outcome.Attempts);
        Assert.Equal("Result", outcome.ToString());
    }

    [Fact]
    public void From_NullResult_IsAResult() =>
        Assert.Equal(OutcomeKind.Result, Outcome<string>.From(new Reply<string>()).Kind);

    [Fact]
    public void From_ErrorReply_HasItsMessageAsReason()
    {
        var outcome = Outcome<int>.From(new Reply<int> { Error = new JsonRpcError(-1, "no"), Attempts = Attempts });

        Assert.Equal((OutcomeKind.Error, -1, "no"), (outcome.Kind, outcome.Error?.Code, outcome.Reason));
        Assert.Null(outcome.Failure);
    }

    public static TheoryData<Exception, OutcomeKind, string> Failures() => new()
    {
        { new TimeoutException(), OutcomeKind.Timeout, "timeout" },
        { new RequestTimeoutException("late"), OutcomeKind.Timeout, "timeout" },
        { new NoServerException("none"), OutcomeKind.Failure, "failure" },
        { new ConnectionLostException("lost"), OutcomeKind.Failure, "failure" },
        { new AggregateException(new IOException(), new TimeoutException()), OutcomeKind.Timeout, "timeout" },
        { new AggregateException(new TimeoutException(), new IOException()), OutcomeKind.Failure, "failure" },
        { new OperationCanceledException(), OutcomeKind.Failure, "failure" },
        { new ObjectDisposedException("client"), OutcomeKind.Cancelled, "cancelled" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void From_Failure_HasKamailiosReason(Exception failure, OutcomeKind kind, string reason)
    {
        var outcome = Outcome<int>.From(failure);

        Assert.Equal((kind, reason), (outcome.Kind, outcome.Reason));
        Assert.Same(failure, outcome.Failure);
        Assert.Equal($"{kind}: {reason}", outcome.ToString());
    }

    [Fact]
    public void From_ErrorReplyException_IsTheErrorAgain()
    {
        var error = new JsonRpcError(-32000, "busy");

        var outcome = Outcome<int>.From(new ErrorReplyException(error) { Attempts = Attempts });

        Assert.Equal(OutcomeKind.Error, outcome.Kind);
        Assert.Same(error, outcome.Error);
        Assert.Null(outcome.Failure);
        Assert.Same(Attempts, outcome.Attempts);
    }

    [Fact]
    public void From_Null_Throws() => Assert.Throws<ArgumentNullException>(() => Outcome<int>.From((Exception)null!));

    [Fact]
    public void Cancelled_HasReasonAndNoAttempts()
    {
        var outcome = Outcome<int>.Cancelled();

        Assert.Equal((OutcomeKind.Cancelled, "cancelled"), (outcome.Kind, outcome.Reason));
        Assert.Empty(outcome.Attempts);
    }
}
