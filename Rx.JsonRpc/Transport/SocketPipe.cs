using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using Pipelines.Sockets.Unofficial;

namespace Rx.JsonRpc.Transport;

/// <summary>
/// A connected socket as two pipes. Once both are completed, disposing it sends what is still queued, for a bounded time, then closes
/// the socket.
/// </summary>
/// <remarks>To close without sending anything more, complete <see cref="Output"/> with an error.</remarks>
internal sealed class SocketPipe : IDuplexPipe, IAsyncDisposable, IReceivesBytes
{
    /// <summary>How long a peer that does not read can hold up the closing.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>What a client receives ahead of its reader.</summary>
    private static readonly PipeOptions ReceiveOptions = Bounded(256 * 1024, null);

    /// <summary>What a server receives ahead of the reader of each of its many connections.</summary>
    private static readonly PipeOptions AcceptedReceiveOptions = Bounded(64 * 1024, null);

    private readonly SocketConnection _connection;
    private readonly IScheduler _scheduler;
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;
    private bool _servedNothing;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; it belongs to the pipe from now on.</param>
    /// <param name="scheduler">The clock of the wait in <see cref="DisposeAsync"/>.</param>
    /// <param name="accepted">Whether it is one of many that peers have opened.</param>
    public SocketPipe(Socket socket, IScheduler scheduler, bool accepted = false)
    {
        _scheduler = scheduler;
        _connection = SocketConnection.Create(socket, Bounded(64 * 1024, new BlockPool()), accepted ? AcceptedReceiveOptions : ReceiveOptions);
        Input = new AbortAwareReader(_connection.Input);
#pragma warning disable CS0618 // Streams do not raise it; the pipe here is a Pipe, and nothing else tells when its last bytes were sent.
        Output.OnReaderCompleted(static (_, sent) => ((TaskCompletionSource)sent!).TrySetResult(), _sent);
#pragma warning restore CS0618
    }

    public PipeReader Input { get; }

    public PipeWriter Output => _connection.Output;

    /// <summary>Called when the connection has ended, with whether it was of use; as far as is known here, when any byte came.</summary>
    public Action<bool>? Ended { get; init; }

    /// <summary>Says that the connection was of no use, whatever came: the reader of the frames knows, and before the next connect.</summary>
    public void ServedNothing()
    {
        Volatile.Write(ref _servedNothing, true);
        Ended?.Invoke(false);
    }

    public bool ByThreadPool => true;

    public long Received
    {
        get
        {
            try
            {
                return _connection.BytesRead + _connection.Socket.Available;
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return _connection.BytesRead;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        if (!Volatile.Read(ref _servedNothing)) Ended?.Invoke(_connection.BytesRead > 0);
        // The pipes are left to their owner, who may still be writing on another thread.
        using (_scheduler.After(Linger, () => _sent.TrySetResult()))
        {
            await _sent.Task.ConfigureAwait(false);
        }
        _connection.Dispose();
    }

    private static PipeOptions Bounded(int bytes, MemoryPool<byte>? pool) => new(
        pool: pool,
        readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: bytes,
        resumeWriterThreshold: bytes / 2,
        minimumSegmentSize: BlockPool.BlockBytes,
        useSynchronizationContext: false);
}
