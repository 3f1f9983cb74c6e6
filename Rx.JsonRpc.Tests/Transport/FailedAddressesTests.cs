using System.Net;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public class FailedAddressesTests
{
    private static readonly IPAddress[] Three = [.. new[] { "10.0.0.1", "10.0.0.2", "10.0.0.3" }.Select(IPAddress.Parse)];

    private readonly FailedAddresses _failed = new();

    [Fact]
    public void Order_NothingFailed_StaysAsItIs() => Assert.Equal(Three, _failed.Order(Three));

    [Fact]
    public void Order_SomeFailed_ComeLastTheLatestAtTheEnd()
    {
        _failed.Note(Three[0], served: false);
        Assert.Equal([Three[1], Three[2], Three[0]], _failed.Order(Three));
        _failed.Note(Three[1], served: false);
        Assert.Equal([Three[2], Three[0], Three[1]], _failed.Order(Three));
        _failed.Note(Three[2], served: false);
        Assert.Equal(Three, _failed.Order(Three));
        _failed.Note(Three[0], served: false);
        Assert.Equal([Three[1], Three[2], Three[0]], _failed.Order(Three));
    }

    [Fact]
    public void Note_Served_ForgetsTheFailure()
    {
        _failed.Note(Three[0], served: false);
        _failed.Note(Three[0], served: true);
        Assert.Equal(Three, _failed.Order(Three));
    }

    [Fact]
    public void Order_AddressHasLeftTheName_IsForgotten()
    {
        _failed.Note(Three[0], served: false);
        Assert.Equal(Three[1..], _failed.Order(Three[1..]));
        Assert.Equal(Three, _failed.Order(Three));
    }
}
