using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Rx.JsonRpc.Tests.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What serves again must not keep alive what it served: neither parameters nor results nor observers.</summary>
public class KeptAliveTests
{
    // More than the spares of one thread and all full shelves together.
    private const int Burst = 3_000;

    private static readonly Method<Person, Person> GetUser = new("get_user", TestJson.Default.Person, TestJson.Default.Person);
    private static readonly RequestPolicy Policy = new() { TryTimeout = TimeSpan.FromMilliseconds(50) };

    private readonly ClientInVirtualTime _world = new();

    [Fact]
    public void Request_HandleIsKeptAfterItsAnswer_HoldsNothingOfALaterRequest()
    {
        JsonRpcClient client = _world.Client("a");
        _world["a"].OnCall = call => _world.Clock.Schedule(TimeSpan.FromMilliseconds(1), () => call.Result("{}"));
        var seen = new List<WeakReference>();
        IDisposable kept = Ask(client, seen);
        _world.AdvanceTo(1);
        _world["a"].OnCall = _ => { };

        AskMany(client, seen, 1);
        _world.AdvanceTo(60);

        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
        // Parameters, observer and end of either.
        Assert.Equal(6, seen.Count);
        AssertGone(seen);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void Burst_AnsweredRefusedLateAndCancelled_NothingOfItStaysReachable()
    {
        JsonRpcClient client = _world.Client("a", options => options with { MaxInFlightPerServer = Burst, Breaker = new BreakerOptions { Enabled = false } });
        int calls = 0;
        _world["a"].OnCall = call =>
        {
            Action? answer = (calls++ % 4) switch
            {
                0 => null,
                1 => () => call.Error(-32000, "busy"),
                _ => () => call.Result("""{"Name":"Ada"}"""),
            };
            if (answer is not null) _world.Clock.Schedule(TimeSpan.FromMilliseconds(1), answer);
        };
        var seen = new List<WeakReference>();

        AskMany(client, seen, Burst);
        Assert.Equal(Burst - (Burst / 10), client.Groups[0].Servers[0].InFlight);
        _world.AdvanceTo(60);

        Assert.Equal(0, client.Groups[0].Servers[0].InFlight);
        Assert.InRange(seen.Count, 2 * Burst, 3 * Burst);
        AssertGone(seen);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AskMany(JsonRpcClient client, List<WeakReference> seen, int times)
    {
        for (int i = 1; i <= times; i++)
        {
            IDisposable request = Ask(client, seen);
            if (i % 10 == 0) request.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IDisposable Ask(JsonRpcClient client, List<WeakReference> seen)
    {
        var parameters = new Person { Name = new string('x', 100) };
        var observer = new Keeper(seen);
        seen.Add(new WeakReference(parameters));
        seen.Add(new WeakReference(observer));
        return client.Request(GetUser, parameters, Policy).Subscribe(observer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AssertGone(List<WeakReference> seen)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Empty(seen.Where(each => each.IsAlive).Select(each => each.Target?.GetType().Name));
    }

    private sealed class Keeper(List<WeakReference> seen) : IObserver<Person>
    {
        public void OnNext(Person value) => seen.Add(new WeakReference(value));

        public void OnError(Exception error) => seen.Add(new WeakReference(error));

        public void OnCompleted()
        {
        }
    }
}
