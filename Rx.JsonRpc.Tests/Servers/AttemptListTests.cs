using Rx.JsonRpc.Servers;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Servers;

public class AttemptListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Indexer_OutsideTheList_Throws(int count)
    {
        var list = new AttemptList();
        for (int i = 0; i < count; i++) list.Insert(i, new Attempt { Server = new ServerAddress(new InMemoryEndPoint("a")) });

        Assert.Throws<ArgumentOutOfRangeException>(() => list[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[count]);
    }
}
