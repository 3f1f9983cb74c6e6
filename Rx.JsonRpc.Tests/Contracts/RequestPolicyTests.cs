namespace Rx.JsonRpc.Tests.Contracts;

public class RequestPolicyTests
{
    [Fact]
    public void ThrowIfFaulty_FaultyCopyOfACheckedPolicy_ThrowsEachTime()
    {
        var sound = new RequestPolicy();
        sound.ThrowIfFaulty();
        sound.ThrowIfFaulty();
        RequestPolicy faulty = sound with { TryTimeout = TimeSpan.Zero };

        Assert.Throws<ArgumentException>(faulty.ThrowIfFaulty);
        Assert.Throws<ArgumentException>(faulty.ThrowIfFaulty);
    }

    [Fact]
    public void Equals_OnlyOneWasChecked_IsTrue()
    {
        var first = new RequestPolicy { Retries = 3 };
        var second = new RequestPolicy { Retries = 3 };
        first.ThrowIfFaulty();

        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.NotEqual(first, second with { Retries = 4 });
    }
}
