using System.Net;

namespace Rx.JsonRpc.Tests.Operators;

/// <summary>Replies to look at, and what an error among them has to become.</summary>
internal static class ErrorReplies
{
    private static readonly ServerAddress First = new(new DnsEndPoint("first", 1));
    private static readonly ServerAddress Last = new(new DnsEndPoint("last", 2));
    public static readonly JsonRpcError Busy = new(-32000, "busy");

    public static Reply<int> Result(int value) => new() { Result = value };

    public static Reply<int> Error(JsonRpcError error) => new()
    {
        Error = error,
        Attempts = [new Attempt { Server = First, End = AttemptEnd.ConnectionLost }, new Attempt { Server = Last, End = AttemptEnd.Error }],
    };

    public static void AssertBusy(Exception? exception)
    {
        ErrorReplyException failure = Assert.IsType<ErrorReplyException>(exception);
        Assert.Same(Busy, failure.Error);
        Assert.Same(Last, failure.Server);
        Assert.Equal(Written.MaybeExecuted, failure.Written);
        Assert.Equal([First, Last], failure.Attempts.Select(attempt => attempt.Server));
        Assert.Contains($"{Last}", failure.Message);
        Assert.Contains($"{Busy}", failure.Message);
    }
}
