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
        Assert.Equal(requests, line.Close());
        Assert.Empty(line.Close());
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

        Assert.Equal(requests[2..], line.Close());
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
        line.Close();
        line.Forget(first);
    }

    [Fact]
    public void Close_RacesWithWaiting_EachIsGivenOrRefused() => Race.Run(
        5000,
        () => (Line: new WaitingLine(1), Request: new Request(), Waits: new bool[1], Given: new int[1]),
        round => round.Waits[0] = round.Line.TryWait(round.Request) == Admission.Admitted,
        round => round.Given[0] = round.Line.Close().Count,
        round => Assert.Equal(round.Waits[0] ? 1 : 0, round.Given[0]));

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
