using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Tests.Contracts;

public class ServerListTests
{
    [Fact]
    public void Parse_KamailiosForm_ReadsAllInOrder()
    {
        IReadOnlyList<ServerAddress> servers = ServerList.Parse("host1:9999,2 10.10.0.1:9999,2 backup.server:9999,1");

        Assert.Equal(
            [
                new ServerAddress(new DnsEndPoint("host1", 9999), 2),
                new ServerAddress(new IPEndPoint(IPAddress.Parse("10.10.0.1"), 9999), 2),
                new ServerAddress(new DnsEndPoint("backup.server", 9999), 1),
            ],
            servers);
    }

    [Theory]
    [InlineData("[::1]:9999", "[::1]:9999", 0, 1)]
    [InlineData("unix:/run/x.sock,3", "unix:/run/x.sock", 3, 1)]
    [InlineData("UNIX:/run/x.sock", "unix:/run/x.sock", 0, 1)]
    [InlineData("h:1,-5,7", "h:1", -5, 7)]
    [InlineData("  h:65535\t", "h:65535", 0, 1)]
    [InlineData("localhost:9999,2147483647,2147483647", "localhost:9999", int.MaxValue, int.MaxValue)]
    public void Parse_GoodItem_ReadsItsParts(string text, string endPoint, int priority, int weight)
    {
        ServerAddress server = Assert.Single(ServerList.Parse(text));

        Assert.Equal((endPoint, priority, weight), (server.ToString(), server.Priority, server.Weight));
    }

    [Fact]
    public void Parse_KindsOfEndPoint_AreTold()
    {
        IReadOnlyList<ServerAddress> servers = ServerList.Parse("[::1]:1 127.0.0.1:2 localhost:3 unix:/x");

        Assert.Equal(
            [typeof(IPEndPoint), typeof(IPEndPoint), typeof(DnsEndPoint), typeof(UnixDomainSocketEndPoint)],
            servers.Select(server => server.EndPoint.GetType()));
    }

    [Fact]
    public void Parse_PathsThatDifferInCase_AreTwoServers() => Assert.Equal(2, ServerList.Parse("unix:/run/X.sock unix:/run/x.sock").Count);

    [Theory]
    [InlineData("a:0", "port 0")]
    [InlineData("a:65536", "port 65536")]
    [InlineData("a:-1", "port -1")]
    [InlineData("a:99999999999", "port '99999999999'")]
    [InlineData("a:", "port ''")]
    [InlineData("a:http", "port 'http'")]
    [InlineData("a", "port")]
    [InlineData("a,1", "port")]
    [InlineData("[::1]", "port")]
    [InlineData(":9999", "host")]
    [InlineData("[]:9999", "host")]
    [InlineData("a:1,high", "priority 'high'")]
    [InlineData("a:1,1.5", "priority '1.5'")]
    [InlineData("a:1,", "priority ''")]
    [InlineData("a:1,1,heavy", "weight 'heavy'")]
    [InlineData("a:1,1,0", "weight 0")]
    [InlineData("a:1,1,-3", "weight -3")]
    [InlineData("a:1,1,1,1", "'1'")]
    [InlineData("::1:9999", "'::1'")]
    [InlineData("fe80::1", "IPv6")]
    [InlineData("[::g]:9999", "'[::g]'")]
    [InlineData("[10.0.0.1]:9999", "'[10.0.0.1]'")]
    [InlineData("0x7f.1:80", "'0x7f.1'")]
    [InlineData("http://a:1", "'http://'")]
    [InlineData("udp://a:1", "'udp://'")]
    [InlineData("a_b!:1", "'a_b!'")]
    [InlineData("unix:", "path")]
    [InlineData("GOOD:9999", "already server 1")]
    public void Parse_WrongPart_IsNamedWithItsPosition(string item, string expected)
    {
        string fault = Assert.Throws<FormatException>(() => ServerList.Parse($"good:9999,2  {item} c:1")).Message;

        Assert.StartsWith($"server 2 at position 13 ('{item}'): ", fault);
        Assert.Contains(expected, fault);
    }

    [Fact]
    public void Parse_UnixPathTooLong_IsNamed() =>
        Assert.Contains("longer than the system allows", Assert.Throws<FormatException>(() => ServerList.Parse($"unix:/{new string('x', 200)}")).Message);

    [Fact]
    public void Parse_SameServerWithOtherPriority_IsADuplicate() =>
        Assert.Contains("server 2 at position 6", Assert.Throws<FormatException>(() => ServerList.Parse("a:1,2 a:1,1")).Message);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void Parse_EmptyList_SaysWhatIsExpected(string text) =>
        Assert.Contains("host:port", Assert.Throws<FormatException>(() => ServerList.Parse(text)).Message);

    [Fact]
    public void Parse_Null_Throws() => Assert.Throws<ArgumentNullException>(() => ServerList.Parse(null!));

    [Fact]
    public void TryParse_Faulty_GivesNoServers()
    {
        Assert.False(ServerList.TryParse("a:1 b:0", out IReadOnlyList<ServerAddress> list, out string? error));
        Assert.Empty(list);
        Assert.NotNull(error);
        Assert.False(ServerList.TryParse(null, out _, out _));
    }
}
