using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

/// <summary>A frame connection over real TCP, its peer a bare socket.</summary>
public sealed class FrameConnectionSocketTests : IDisposable
{
    private const int Limit = 20_000;

    private readonly TestScheduler _scheduler = new();
    private readonly Socket _peer;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FrameConnection _connection;
    private int _releases;

    public FrameConnectionSocketTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        IDuplexPipe pipe = new SocketConnector(_scheduler).ConnectAsync(listener.LocalEndPoint!, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _peer = listener.Accept();
        _connection = new FrameConnection(pipe, new FrameConnectionOptions { MaxQueuedBytes = 1_000_000 })
        {
            Released = _ =>
            {
                Interlocked.Increment(ref _releases);
                _released.TrySetResult();
            },
        };
    }

    public void Dispose()
    {
        _connection.Dispose();
        _scheduler.AdvanceBy(SocketPipe.Linger.Ticks);
        _peer.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Frames_PeerClosesBetweenTwo_Complete()
    {
        Task<IList<long>> frames = Lengths();
        _peer.Send("1:a,0:,"u8);
        _peer.Shutdown(SocketShutdown.Both);
        Assert.Equal([1, 0], await frames);
        await _released.Task;
    }

    [Fact(Timeout = Limit)]
    public async Task Frames_PeerClosesInsideOne_AreALoss()
    {
        Task<IList<long>> frames = Lengths();
        _peer.Send("1:a,9:half"u8);
        _peer.Shutdown(SocketShutdown.Both);
        Assert.Contains("inside a frame", (await Assert.ThrowsAsync<ConnectionLostException>(() => frames)).Message);
        await _released.Task;
    }

    [Fact(Timeout = Limit)]
    public async Task Frames_PeerResets_AreALossAndNotACancellation()
    {
        Task<IList<long>> frames = Lengths();
        _peer.Close(0);
        await Assert.ThrowsAsync<ConnectionLostException>(() => frames);
        await _released.Task;
        Assert.False(_connection.TrySend("late"u8));
    }

    [Fact(Timeout = Limit)]
    public async Task TrySend_PeerNeverReads_IsRefusedAndDisposeIsNotHeldUp()
    {
        Task<IList<long>> frames = Lengths();
        var payload = new byte[100_000];
        // What the system's buffers take, a batch that is being flushed and the queue, and no more.
        int sent = 0;
        while (_connection.TrySend(payload) && sent < 1000) sent++;
        Assert.InRange(sent, 9, 999);

        _connection.Dispose();

        await _released.Task;
        Assert.False(frames.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WhileManyThreadsSend_ReleasesOnce()
    {
        Task<IList<long>> frames = Lengths();
        Task draining = Task.Run(() =>
        {
            var buffer = new byte[64 * 1024];
            while (_peer.Receive(buffer, SocketFlags.None, out SocketError error) > 0 && error == SocketError.Success)
            {
            }
        });
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] senders = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 100_000 && _connection.TrySend("payload"u8); i++)
            {
                if (i == 100) begun.TrySetResult();
            }
        }))];
        await begun.Task;
        _connection.Dispose();
        await Task.WhenAll(senders);
        await _released.Task;
        _scheduler.AdvanceBy(SocketPipe.Linger.Ticks);
        await draining;
        Assert.False(frames.IsCompleted);
        Assert.Equal(1, Volatile.Read(ref _releases));
    }

    private Task<IList<long>> Lengths() => _connection.Frames.Select(frame => frame.Payload.Length).ToList().ToTask();
}
