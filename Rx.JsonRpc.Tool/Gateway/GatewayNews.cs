using System.Threading.Channels;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>
/// What happens, on its way to a view. The clients tell their changes on the readers of their connections: a terminal or a pipe that is slow
/// must hold up neither those nor fill the memory.
/// </summary>
/// <param name="most">How many may wait; above it the newest is dropped.</param>
internal sealed class GatewayNews(int most)
{
    private readonly Channel<GatewayEvent> _waiting =
        Channel.CreateBounded<GatewayEvent>(new BoundedChannelOptions(most) { SingleReader = true });

    private long _dropped;

    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes what happens until the source ends.</summary>
    public IDisposable Take(IObservable<GatewayEvent> source) =>
        source.Subscribe(Add, fault => _waiting.Writer.Complete(fault), () => _waiting.Writer.Complete());

    /// <summary>Completes when everything was told and the source has ended.</summary>
    public async Task TellAsync(Action<GatewayEvent> tell)
    {
        await foreach (GatewayEvent happened in _waiting.Reader.ReadAllAsync().ConfigureAwait(false)) tell(happened);
    }

    private void Add(GatewayEvent happened)
    {
        if (!_waiting.Writer.TryWrite(happened)) Interlocked.Increment(ref _dropped);
    }
}
