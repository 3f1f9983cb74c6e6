using CsCheck;
using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class OpenRequestsTests
{
    [Fact]
    public void Leave_AnyOrder_CloseCancelsExactlyThoseThatAreIn() =>
        Gen.Int[0, 7].Array[0, 40].Sample(leaving =>
        {
            var open = new OpenRequests(1000);
            Request[] requests = [.. Enumerable.Range(0, 8).Select(_ => new Request())];
            foreach (Request request in requests) Assert.True(open.TryEnter(request, out _));
            foreach (int index in leaving) open.Leave(requests[index]);

            open.Close();

            Assert.Equal(requests.Select((_, index) => leaving.Contains(index) ? 0 : 1), requests.Select(request => request.Cancelled));
            Assert.True(open.Empty.IsCompletedSuccessfully);
        });

    [Fact]
    public void TryEnter_Closed_IsRefused()
    {
        var open = new OpenRequests(1000);
        open.Close();
        Assert.False(open.TryEnter(new Request(), out Exception? closed));
        Assert.IsType<ObjectDisposedException>(closed);
    }

    [Fact]
    public void Drain_LastOneLeaves_IsEmpty()
    {
        var open = new OpenRequests(1000);
        var request = new Request();
        open.TryEnter(request, out _);
        open.Drain();
        Assert.False(open.TryEnter(new Request(), out Exception? closed));
        Assert.IsType<ServerUnavailableException>(closed);
        Assert.False(open.Empty.IsCompleted);
        open.Leave(request);
        Assert.True(open.Empty.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_NobodyIsIn_IsEmptyAtOnce()
    {
        var open = new OpenRequests(1000);
        open.Drain();
        Assert.True(open.Empty.IsCompletedSuccessfully);
    }

    [Fact]
    public void TryEnter_AsManyAsMayBe_IsRefusedUntilOneLeaves()
    {
        var open = new OpenRequests(2);
        Request[] requests = [new(), new(), new()];
        Assert.Equal([true, true, false], requests.Select(request => open.TryEnter(request, out _)));
        Assert.False(open.TryEnter(requests[2], out Exception? refusal));
        Assert.Contains("2 open requests", refusal.Message);
        Assert.Contains(nameof(JsonRpcClientOptions.MaxInFlight), refusal.Message);
        // One that never was in, and one that leaves twice, make no room.
        open.Leave(requests[2]);
        open.Leave(requests[0]);
        open.Leave(requests[0]);
        Assert.True(open.TryEnter(requests[2], out _));
        Assert.False(open.TryEnter(new Request(), out _));
    }

    [Fact]
    public void CancelAll_EachGetsAFailureOfItsOwn()
    {
        var open = new OpenRequests(1000);
        Request[] requests = [new(), new()];
        foreach (Request request in requests) open.TryEnter(request, out _);
        open.Close();
        Assert.NotSame(requests[0].Reason, requests[1].Reason);
    }

    [Fact]
    public void Close_RacesWithEntering_NobodyIsLeftBehind() => Race.Run(
        5000,
        () => (Open: new OpenRequests(1000), Requests: new[] { new Request(), new Request() }, Entered: new bool[2]),
        round =>
        {
            for (int i = 0; i < 2; i++) round.Entered[i] = round.Open.TryEnter(round.Requests[i], out _);
        },
        round => round.Open.Close(),
        round => Assert.Equal(round.Entered.Select(entered => entered ? 1 : 0), round.Requests.Select(request => request.Cancelled)));

    private sealed class Request : OpenRequest
    {
        public int Cancelled { get; private set; }

        public Exception? Reason { get; private set; }

        public override void Cancel(Exception reason)
        {
            Cancelled++;
            Reason = reason;
        }
    }
}
