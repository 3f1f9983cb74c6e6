using System.Net.Sockets;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class AcceptRetryTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<long> _triedAt = [];

    [Fact]
    public void AcceptRetry_ConnectionsResetBeforeAccept_NextIsAcceptedAtOnce()
    {
        Task<int> accepted = Run(SocketError.ConnectionReset, SocketError.ConnectionAborted, SocketError.Success);

        Assert.Equal(42, Result(accepted));
        Assert.Equal([0, 0, 0], _triedAt);
    }

    [Fact]
    public void AcceptRetry_TooManyOpenFiles_TriesAgainLessAndLessOften()
    {
        Task<int> accepted = Run([.. Enumerable.Repeat(SocketError.TooManyOpenSockets, 10), SocketError.Success]);
        _scheduler.AdvanceTo(TimeSpan.FromSeconds(10).Ticks);

        Assert.Equal(42, Result(accepted));
        Assert.Equal([0, 5, 15, 35, 75, 155, 315, 635, 1275, 2275, 3275], _triedAt.Select(at => at / TimeSpan.TicksPerMillisecond));
    }

    [Fact]
    public void AcceptRetry_OtherError_Fails()
    {
        Task<int> accepted = Run(SocketError.InvalidArgument);

        Assert.Equal(SocketError.InvalidArgument, Assert.IsType<SocketException>(accepted.Exception!.InnerException).SocketErrorCode);
    }

    [Fact]
    public void AcceptRetry_CancelledDuringPause_Ends()
    {
        Task<int> accepted = Run(SocketError.TooManyOpenSockets);
        _cancel.Cancel();

        Assert.True(accepted.IsCanceled);
        _scheduler.AdvanceTo(TimeSpan.FromSeconds(10).Ticks);
        Assert.Equal([0], _triedAt);
    }

    private static int Result(Task<int> accepted)
    {
        Assert.True(accepted.IsCompleted);
        return accepted.GetAwaiter().GetResult();
    }

    private Task<int> Run(params SocketError[] outcomes) => AcceptRetry.RunAsync(
        _ =>
        {
            SocketError outcome = outcomes[_triedAt.Count];
            _triedAt.Add(_scheduler.Clock);
            return outcome == SocketError.Success ? ValueTask.FromResult(42) : throw new SocketException((int)outcome);
        },
        _scheduler,
        _cancel.Token).AsTask();
}
