using Rx.JsonRpc.Tool;

namespace Rx.JsonRpc.Tests.Tool;

public class HangupsTests
{
    [Fact]
    public void Hangups_BeforeTheCommandTakesThem_AreTakenOnceWhenItDoes()
    {
        var hangups = new Hangups();
        int taken = 0;
        Assert.False(hangups.TryRaise());
        Assert.False(hangups.TryRaise());

        using (hangups.Take(() => taken++))
        {
            Assert.Equal(1, taken);
            Assert.True(hangups.TryRaise());
        }

        Assert.False(hangups.TryRaise());
        Assert.Equal(2, taken);
    }

    [Fact]
    public void Take_WithoutAHangup_CallsNothing()
    {
        using IDisposable taking = new Hangups().Take(() => Assert.Fail("there was no SIGHUP"));
    }
}
