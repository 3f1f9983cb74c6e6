using System.Net;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>The code that docs/kamailio.md quotes.</summary>
public class GatewayExampleTests
{
    // Compiled and not run: a Kamailio may listen there.
    internal static async Task ServeByPools()
    {
        // Quoted in docs/kamailio.md:
        await using var users = new JsonRpcClient("127.0.0.1:9999,2 127.0.0.1:9998,1");
        await using var gateway = new EvapiGateway(new EvapiGatewayOptions
        {
            Sockets = [IPEndPoint.Parse("127.0.0.1:8448")],
            Pools = new Dictionary<string, JsonRpcClient> { ["users"] = users },
        });
        gateway.Changes.Subscribe(Console.WriteLine);
        gateway.Diagnostics.Subscribe(Console.WriteLine);
        gateway.Serve();
        // End of quotation.
    }

    [Fact]
    public async Task Answered_ByTheHost()
    {
        var world = new GatewayInVirtualTime();
        JsonRpcClient client = world.Time.Client("a");
        await using EvapiGateway gateway = world.Make();
        // Quoted in docs/kamailio.md:
        gateway.Transactions.Subscribe(transaction =>
            client.Call(transaction.Method, transaction.Parameters).Resume(transaction));
        gateway.Start();
        // End of quotation.
        world.Kamailio.Request();
        Assert.Equal("1:10 OK result \"a\"", world.Kamailio.Answer.ToString());
    }
}
