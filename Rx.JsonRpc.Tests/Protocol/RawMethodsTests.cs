using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Protocol;

public class RawMethodsTests
{
    private readonly RawMethods _methods = new(allowReserved: false);

    [Fact]
    public void Of_SameName_GivesTheSameMethod()
    {
        Assert.Same(_methods.Of("get_user", idempotent: false), _methods.Of("get_user", idempotent: false));
        Assert.Equal("get_user", _methods.Of("get_user", idempotent: false).Name);
    }

    [Fact]
    public void Of_IdempotentOrNot_AreTwoMethods()
    {
        Assert.False(_methods.Of("get_user", idempotent: false).Idempotent);
        Assert.True(_methods.Of("get_user", idempotent: true).Idempotent);
    }

    [Fact]
    public void Of_MoreNamesThanAreKept_StillGivesEachItsMethod()
    {
        for (int i = 0; i < 3000; i++) Assert.Equal($"m{i}", _methods.Of($"m{i}", idempotent: i % 2 == 0).Name);

        Assert.Equal(1000, _methods.Count);
    }

    [Fact]
    public void Of_LongName_IsNotKept()
    {
        string name = new('m', 257);

        Assert.Equal(name, _methods.Of(name, idempotent: false).Name);

        Assert.Equal(0, _methods.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rpc.discover")]
    public void Of_BadName_ThrowsEachTime(string name)
    {
        Assert.Throws<ArgumentException>(() => _methods.Of(name, idempotent: false));
        Assert.Throws<ArgumentException>(() => _methods.Of(name, idempotent: false));
    }
}
