using System.Net;
using System.Net.Sockets;
using Microsoft.Reactive.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Transport;

public sealed class SocketPipeTests : IDisposable
{
    private const int Limit = 20_000;

    private readonly TestScheduler _scheduler = new();
    private readonly Socket _peer;
    private readonly Socket _socket;
    private readonly SocketPipe _pipe;

    public SocketPipeTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _socket.Connect(listener.LocalEndPoint!);
        _peer = listener.Accept();
        _pipe = new SocketPipe(_socket, _scheduler);
    }

    public void Dispose()
    {
        _peer.Dispose();
        _socket.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_BytesStillQueued_PeerGetsThemAndACleanEnd()
    {
        byte[] sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        Task<byte[]> receiving = ReadPeerToEndAsync();

        await _pipe.Output.WriteAsync(sent);
        _pipe.Output.Complete();
        await _pipe.DisposeAsync();

        Assert.Equal(sent, await receiving);
        Assert.True(_socket.SafeHandle.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_PeerDoesNotRead_ClosesWhenTheLingerIsOver()
    {
        _ = _pipe.Output.WriteAsync(new byte[64_000_000]).AsTask();
        _pipe.Output.Complete();

        ValueTask disposing = _pipe.DisposeAsync();
        _scheduler.AdvanceBy(SocketPipe.Linger.Ticks - 1);
        Assert.False(disposing.IsCompleted);
        _scheduler.AdvanceBy(1);

        await disposing;
        Assert.True(_socket.SafeHandle.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_OutputNotCompleted_ClosesWhenTheLingerIsOver()
    {
        ValueTask disposing = _pipe.DisposeAsync();
        _scheduler.AdvanceBy(SocketPipe.Linger.Ticks);

        await disposing;
        Assert.True(_socket.SafeHandle.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_OutputCompletedWithError_ClosesWithoutWaiting()
    {
        _pipe.Output.Complete(new IOException("enough"));

        await _pipe.DisposeAsync();

        Assert.True(_socket.SafeHandle.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_Twice_SecondIsQuiet()
    {
        _pipe.Output.Complete();
        await _pipe.DisposeAsync();
        await _pipe.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Read_PeerResets_ThrowsIOException()
    {
        _peer.LingerState = new LingerOption(enable: true, seconds: 0);
        _peer.Dispose();

        await Assert.ThrowsAnyAsync<IOException>(async () => await _pipe.Input.ReadAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Read_SocketClosedUnderneath_IsNoCancellation()
    {
        Task reading = _pipe.Input.ReadAsync().AsTask();

        _socket.Dispose();

        await Assert.ThrowsAnyAsync<IOException>(() => reading);
        Assert.True(reading.IsFaulted);
        Assert.ThrowsAny<IOException>(() => _pipe.Input.TryRead(out _));
    }

    [Fact(Timeout = Limit)]
    public async Task Read_Cancelled_IsTheCallersCancellation()
    {
        using var cancel = new CancellationTokenSource();
        Task reading = _pipe.Input.ReadAsync(cancel.Token).AsTask();

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private async Task<byte[]> ReadPeerToEndAsync()
    {
        using var received = new MemoryStream();
        await using var stream = new NetworkStream(_peer);
        await stream.CopyToAsync(received);
        return received.ToArray();
    }
}
