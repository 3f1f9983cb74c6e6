using System.IO.Pipelines;

namespace Rx.JsonRpc.Transport;

/// <summary>A pipe on its way to whoever takes it. If nobody has when OnNext returns, an operator in between has dropped it: it is closed.</summary>
internal sealed class NewConnection
{
    private readonly IDuplexPipe _pipe;
    private int _taken;

    public NewConnection(IDuplexPipe pipe) => _pipe = pipe;

    /// <summary>Takes the pipe over, inside OnNext.</summary>
    /// <exception cref="InvalidOperationException">It has been taken, or closed.</exception>
    public IDuplexPipe Take() => TryTake() ? _pipe : throw new InvalidOperationException("The connection has been taken, or closed.");

    public void CloseUnlessTaken()
    {
        if (TryTake()) new FrameConnection(_pipe).Dispose();
    }

    private bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
}
