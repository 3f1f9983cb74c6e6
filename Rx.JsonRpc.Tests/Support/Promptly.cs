namespace Rx.JsonRpc.Tests.Support;

/// <summary>For what must have happened already: nothing is waited for.</summary>
internal static class Promptly
{
    public static T Now<T>(this ValueTask<T> done)
    {
        Assert.True(done.IsCompleted);
        return done.GetAwaiter().GetResult();
    }
}
