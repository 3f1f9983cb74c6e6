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
        Assert.All(requests, request => Assert.True(line.TryWait(request)));
        Assert.Equal(requests, line.Close());
        Assert.Empty(line.Close());
        Assert.False(line.TryWait(new Request()));
    }

    [Fact]
    public void Forget_MakesRoom()
    {
        var line = new WaitingLine(1);
        var first = new Request();
        Assert.True(line.TryWait(first));
        Assert.False(line.TryWait(new Request()));
        line.Forget(first);
        Assert.True(line.TryWait(new Request()));
        line.Close();
        line.Forget(first);
    }

    [Fact]
    public void Close_RacesWithWaiting_EachIsGivenOrRefused() => Race.Run(
        5000,
        () => (Line: new WaitingLine(1), Request: new Request(), Waits: new bool[1], Given: new int[1]),
        round => round.Waits[0] = round.Line.TryWait(round.Request),
        round => round.Given[0] = round.Line.Close().Count,
        round => Assert.Equal(round.Waits[0] ? 1 : 0, round.Given[0]));

    private sealed class Request : IServerRequest
    {
        public AttemptRecord? Judged => null;

        public void Begin(ServerConnection connection)
        {
        }

        public void Refuse(ServerUnavailableException failure)
        {
        }
    }
}
