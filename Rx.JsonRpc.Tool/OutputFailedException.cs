namespace Rx.JsonRpc.Tool;

/// <summary>What a command printed could not be written: a full disk, a pipe that nobody reads.</summary>
internal sealed class OutputFailedException(string name, Exception cause) : IOException($"cannot write to {name}: {cause.Message}", cause);

/// <summary>A stream of a console. Its failures have a type of their own, so that they are not taken for those of the network.</summary>
internal sealed class OutputStream(string name, Stream inner) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new OutputFailedException(name, failure);
        }
    }
}
