using System.Net;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Testing;

public class InMemoryEndPointTests
{
    [Fact]
    public void EndPoint_SameName_IsEqual()
    {
        EndPoint one = new InMemoryEndPoint("a");

        Assert.Equal(one, new InMemoryEndPoint("a"));
        Assert.Equal(one.GetHashCode(), new InMemoryEndPoint("a").GetHashCode());
        Assert.NotEqual(one, new InMemoryEndPoint("A"));
    }

    [Fact]
    public void EndPoint_InAServerAddress_IsReadable() => Assert.Equal("memory:a", new ServerAddress(new InMemoryEndPoint("a")).ToString());
}
