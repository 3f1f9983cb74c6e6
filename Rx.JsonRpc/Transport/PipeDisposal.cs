using System.IO.Pipelines;

namespace Rx.JsonRpc.Transport;

/// <summary>Disposes a pair of pipes, in the way that they can be.</summary>
internal static class PipeDisposal
{
    /// <returns>
    /// What the pipes threw: they are a connector's own. Whoever waits for the end must hear of it, or the server would stay connected for ever.
    /// </returns>
    public static Exception? Dispose(IDuplexPipe pipe)
    {
        try
        {
            if (pipe is IDisposable disposable) disposable.Dispose();
            else if (pipe is IAsyncDisposable asyncDisposable) _ = asyncDisposable.DisposeAsync().AsTask();
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }
}
