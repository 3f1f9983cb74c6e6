using System.Runtime.InteropServices;

namespace Rx.JsonRpc.Tool;

/// <summary>Standard output or standard error of the process. A write that fails throws, also one to a pipe that nobody reads.</summary>
/// <remarks>The stream of <see cref="Console"/> says nothing when the reader of a pipe has gone, so a result could be lost with exit code 0.</remarks>
internal sealed class StandardStream(int descriptor) : WriteOnlyStream
{
    private const int Interrupted = 4;
    private static readonly int TryAgain = OperatingSystem.IsLinux() ? 11 : 35;

    public static Stream Output() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new StandardStream(1);

    public static Stream Error() => OperatingSystem.IsWindows() ? Console.OpenStandardError() : new StandardStream(2);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = write(descriptor, in MemoryMarshal.GetReference(buffer), buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue;
            if (error != TryAgain) throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            // The other side of the pipe has made it non-blocking, and reads slowly.
            Thread.Sleep(1);
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int descriptor, in byte buffer, nint count);
}
