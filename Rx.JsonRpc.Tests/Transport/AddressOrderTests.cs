using System.Net;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class AddressOrderTests
{
    [Theory]
    [InlineData("10.0.0.1 10.0.0.2 fd00::1 fd00::2", "fd00::1 10.0.0.1 fd00::2 10.0.0.2")]
    [InlineData("10.0.0.1 10.0.0.2 10.0.0.3 fd00::1", "fd00::1 10.0.0.1 10.0.0.2 10.0.0.3")]
    [InlineData("fd00::2 fd00::1", "fd00::2 fd00::1")]
    [InlineData("10.0.0.1 10.0.0.1", "10.0.0.1")]
    public void Interleave_Addresses_FamiliesTakeTurnsAndIPv6IsFirst(string resolved, string ordered) =>
        Assert.Equal(ordered, string.Join(' ', AddressOrder.Interleave(resolved.Split(' ').Select(IPAddress.Parse))));
}
