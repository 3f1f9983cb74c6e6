using System.Net;

namespace Rx.JsonRpc.Tests.Contracts;

/// <summary>Texts that are read back, under the culture that the run has; CultureTests gives it others.</summary>
public sealed class InvariantTextTests
{
    [Fact]
    public void ErrorCodes_AreReadBack()
    {
        ErrorCodes codes = ErrorCodes.Parse("-32603, -32099..-32000");

        Assert.Equal("-32603, -32099..-32000", codes.ToString());
        Assert.Equal(codes, ErrorCodes.Parse(codes.ToString()));
    }

    [Fact]
    public void Errors_AreWrittenWithAnAsciiMinus()
    {
        Assert.Equal("""{"code":-32000,"message":"m"}""", new JsonRpcError(-32000, "m").ToJson().ToString());
        Assert.Equal("-32000: m", new JsonRpcError(-32000, "m").ToString());
    }

    [Fact]
    public void Addresses_AreReadBack()
    {
        var server = new ServerAddress(new DnsEndPoint("I.example", 9999), -2);

        Assert.Equal(server, Assert.Single(ServerList.Parse($"{server},-2")));
        Assert.Single(ServerList.Parse("unix:/i UNIX:/I").DistinctBy(static address => address.Identity).Skip(1));
    }

    [Fact]
    public void Times_HaveADecimalPoint() => Assert.Contains(
        "after 1.5 ms", new Attempt { Server = new(new DnsEndPoint("a", 1)), Took = TimeSpan.FromMilliseconds(1.5) }.ToString());
}
