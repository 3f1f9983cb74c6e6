using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Servers;

public class WaitingLineTests
{
    [Fact]
    public void Close_GivesThoseThatWaitOnceInTheirOrder()
    {
        var line = new WaitingLine(10);
        Request[] requests = [new(), new(), new()];
        Assert.All(requests, request => Assert.Equal(Admission.Admitted, line.TryWait(request)));
        Assert.Equal(requests, PassedOn(line));
        Assert.Empty(PassedOn(line));
        Assert.Equal(Admission.Closed, line.TryWait(new Request()));
    }

    [Fact]
    public void Close_SomeHaveLeftAndOthersCome_FirstComeFirstServed()
    {
        var line = new WaitingLine(10);
        Request[] requests = [new(), new(), new(), new(), new()];
        foreach (Request request in requests[..3]) line.TryWait(request);
        line.Forget(requests[0]);
        line.Forget(requests[1]);
        foreach (Request request in requests[3..]) line.TryWait(request);

        Assert.Equal(requests[2..], PassedOn(line));
    }

    [Fact]
    public void Forget_MakesRoom()
    {
        var line = new WaitingLine(1);
        var first = new Request();
        Assert.Equal(Admission.Admitted, line.TryWait(first));
        Assert.Equal(Admission.Full, line.TryWait(new Request()));
        line.Forget(first);
        Assert.Equal(Admission.Admitted, line.TryWait(new Request()));
        PassedOn(line);
        line.Forget(first);
    }

    [Fact]
    public void Close_RacesWithWaiting_EachIsGivenOrRefused() => Race.Run(
        5000,
        () => (Line: new WaitingLine(1), Request: new Request(), Waits: new bool[1], Given: new int[1]),
        round => round.Waits[0] = round.Line.TryWait(round.Request) == Admission.Admitted,
        round => round.Given[0] = PassedOn(round.Line).Count,
        round => Assert.Equal(round.Waits[0] ? 1 : 0, round.Given[0]));

    [Fact]
    public void TryFollow_SomeWaitOrArePassedOn_IsBehindThem()
    {
        var line = new WaitingLine(10);
        Request[] requests = [new(), new(), new()];
        Assert.False(line.TryFollow(requests[0], mayWait: true));
        line.TryWait(requests[0]);
        Assert.False(line.TryFollow(requests[1], mayWait: false));
        Assert.True(line.TryFollow(requests[1], mayWait: true));
        Assert.True(line.TryClose());
        Assert.Equal(requests[..2], [line.TakeNext(), line.TakeNext()]);

        // The second one is on its way.
        Assert.False(line.IsOver);
        Assert.True(line.TryFollow(requests[2], mayWait: false));

        Assert.Same(requests[2], line.TakeNext());
        Assert.Null(line.TakeNext());
        Assert.True(line.IsOver);
        Assert.False(line.TryFollow(new Request(), mayWait: true));
    }

    [Fact]
    public void TryRelease_SomeMayLeave_ArePassedOnInTheirOrderAndTheOthersWait()
    {
        var line = new WaitingLine(10);
        Request[] requests = [new(), new(), new()];
        foreach (Request request in requests) line.TryWait(request);
        Assert.False(line.TryRelease(_ => false));

        Assert.True(line.TryRelease(request => request != requests[1]));
        // One pass at a time.
        Assert.False(line.TryRelease(_ => true));

        Assert.Equal([requests[0], requests[2], requests[1], null], [line.TakeNext(), line.TakeNext(), line.TakeNext(), line.TakeNext()]);
        Assert.False(line.IsOver);
        Assert.Equal(Admission.Admitted, line.TryWait(new Request()));
    }

    private static List<IServerRequest> PassedOn(WaitingLine line)
    {
        var passed = new List<IServerRequest>();
        if (!line.TryClose()) return passed;
        while (line.TakeNext() is { } next) passed.Add(next);
        return passed;
    }

    private sealed class Request : IServerRequest
    {
        public AttemptRecord Attempt => null!;

        public AttemptRecord? Judged => null;

        public void Begin(ServerConnection connection)
        {
        }

        public void Refuse(ServerUnavailableException failure)
        {
        }
    }
}
