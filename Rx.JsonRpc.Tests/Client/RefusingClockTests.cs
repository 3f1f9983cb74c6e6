using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What a scheduler that takes no more throws reaches whoever subscribes, and leaves nothing open.</summary>
public class RefusingClockTests
{
    private readonly RefusingClock _clock = new();
    private readonly ClientInVirtualTime _world;
    private readonly JsonRpcClient _client;

    public RefusingClockTests()
    {
        _world = new ClientInVirtualTime(_clock);
        _client = _world.Client("a b", options => options with { MaxInFlight = 2 });
        _clock.Refuses = true;
    }

    [Fact]
    public void Request_SchedulerThrows_IsNotCountedAsOpen() => AssertNothingStaysOpen(() => _client.Request("m").Subscribe());

    [Fact]
    public void RequestAsync_SchedulerThrows_IsNotCountedAsOpen() => AssertNothingStaysOpen(() => _client.RequestAsync("m"));

    [Fact]
    public void Notify_SchedulerThrows_IsNotCountedAsOpen() => AssertNothingStaysOpen(() => _client.Notify("n").Subscribe());

    [Fact]
    public void NotifyAll_SchedulerThrows_IsNotCountedAsOpen() => AssertNothingStaysOpen(() => _client.NotifyAll("n").Subscribe());

    private void AssertNothingStaysOpen(Action ask)
    {
        for (int i = 0; i < 3; i++) Assert.Throws<ObjectDisposedException>(ask);
        _clock.Refuses = false;
        Assert.Equal(0, _client.Snapshot().Servers.Sum(server => server.InFlight));
        Assert.NotNull(_world.Subscribe(_client.Request("m")).Value.ToString());

        Assert.True(_client.DrainAsync(TimeSpan.FromSeconds(1)).IsCompleted);
    }

    private sealed class RefusingClock : TestScheduler
    {
        public bool Refuses { get; set; }

        protected override long ToRelative(TimeSpan timeSpan)
        {
            ObjectDisposedException.ThrowIf(Refuses, this);
            return base.ToRelative(timeSpan);
        }
    }
}
