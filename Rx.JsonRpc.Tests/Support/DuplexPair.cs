using System.Buffers;
using System.IO.Pipelines;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Two ends of an in-memory connection; the near one counts how often it is disposed.</summary>
internal sealed class DuplexPair
{
    public DuplexPair()
    {
        (InMemoryConnection near, Far) = InMemoryConnection.CreatePair(new InMemoryEndPoint("near"), new InMemoryEndPoint("far"));
        Near = new Counted(near, this);
    }

    public IDuplexPipe Near { get; }

    public InMemoryConnection Far { get; }

    public int Disposals { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Far.Output.Write(bytes);
        _ = Far.Output.FlushAsync().AsTask();
    }

    private sealed class Counted(InMemoryConnection inner, DuplexPair pair) : IDuplexPipe, IAsyncDisposable
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output => inner.Output;

        public ValueTask DisposeAsync()
        {
            pair.Disposals++;
            return inner.DisposeAsync();
        }
    }
}
