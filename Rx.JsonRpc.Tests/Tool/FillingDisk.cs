using System.Text;
using Rx.JsonRpc.Tool;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>A stream that takes so many lines, and then nothing.</summary>
internal sealed class FillingDisk(int lines) : WriteOnlyStream
{
    private int _left = lines;

    /// <summary>The first line.</summary>
    public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_left-- <= 0) throw new IOException("No space left on device");
        First.TrySetResult(Encoding.UTF8.GetString(buffer));
    }
}
