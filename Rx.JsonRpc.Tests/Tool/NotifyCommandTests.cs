using System.Net;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Rx.JsonRpc.Tests.Tool;

public class NotifyCommandTests
{
    [Fact]
    public async Task Notify_ServerThere_ArrivesAsANotification()
    {
        await using var listener = new JsonRpcListener(new IPEndPoint(IPAddress.Loopback, 0));
        Task<IncomingCall> arrived = listener.Calls.FirstAsync().ToTask();
        listener.Start();
        ToolRun run = await ToolRun.Of("notify", "-s", listener.LocalEndPoint.ToString()!, "--timeout", "5s", "update_user", "{'id':1}");
        Assert.Equal(new ToolRun(0, "", ""), run);
        IncomingCall call = await arrived;
        Assert.True(call.IsNotification);
        Assert.Equal(("update_user", """{"id":1}"""), (call.Method, call.Parameters.ToString()));
    }

    [Fact]
    public async Task Notify_NoServer_IsAFailure()
    {
        ToolRun run = await ToolRun.Of("notify", "-v", "-s", await ToolRun.NobodyAsync(), "m");
        Assert.Equal((3, 2), (run.Code, run.ErrorLines.Length));
    }
}
