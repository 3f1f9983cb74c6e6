using System.Buffers;
using System.Globalization;
using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Transport;

/// <summary>Cuts what has come on one connection into frames, and lets those above the limit pass by.</summary>
internal sealed class FrameCutter(int maxFrameBytes, string peer) : IDisposable
{
    private SkippedFrame? _skipping;
    private long _bytesBefore;
    private long _end;
    private long _skipStart;

    /// <summary>Called with each frame above the limit when it has passed by; null when such a frame is a violation.</summary>
    public Action<SkippedFrame>? Skipped { get; set; }

    /// <summary>Bounds how long one frame may take; null when nothing does.</summary>
    public FrameDeadline? Deadline { get; set; }

    /// <summary>Whether a frame has begun that is not there as a whole, as of <see cref="Leave"/>.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What is wrong, after <see cref="NetstringStatus.Violation"/>.</summary>
    public ProtocolViolationException? Violation { get; private set; }

    /// <summary>How many bytes have been looked at since the connection was opened.</summary>
    public long End => _end;

    /// <summary>A read has given so many bytes that have not been consumed.</summary>
    public void Begin(long bytes) => _end = _bytesBefore + bytes;

    /// <summary>So many bytes of the read are left for the next one.</summary>
    public void Leave(long bytes)
    {
        _bytesBefore = _end - bytes;
        HasBegun = bytes > 0 || _skipping is not null;
        if (HasBegun) Deadline?.Begin(_skipping is null ? _bytesBefore : _skipStart);
        else Deadline?.End();
    }

    /// <summary>Takes the next frame off the start of the buffer, if it is there as a whole.</summary>
    public NetstringStatus Next(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        while (true)
        {
            NetstringViolation violation;
            NetstringStatus status;
            ReadOnlySequence<byte> frame = buffer;
            if (_skipping is null)
            {
                status = NetstringReader.Read(ref buffer, maxFrameBytes, out payload, out violation);
                // From now on it is the observer that takes its time.
                if (status == NetstringStatus.Frame && HasBegun) EndBegun();
                if (status != NetstringStatus.Violation) return status;
                status = violation.Fault == NetstringFault.TooLong && Skipped is not null ? BeginSkip(ref buffer, ref violation) : status;
            }
            else
            {
                status = Skip(ref buffer, out violation);
            }
            if (status == NetstringStatus.Partial) return status;
            if (status == NetstringStatus.Violation)
            {
                Violation = Describe(violation, frame, buffer.Length);
                return status;
            }
        }
    }

    /// <summary>The length of the frame that has begun; 0 when none has, it is skipped, or its length is not known yet.</summary>
    /// <param name="rest">What is left of the read.</param>
    public int BegunLength(in ReadOnlySequence<byte> rest) =>
        _skipping is null && NetstringReader.ReadLength(rest, out int length, out _, out _) == NetstringStatus.Frame ? length : 0;

    public void Dispose() => Deadline?.Dispose();

    private void EndBegun()
    {
        HasBegun = false;
        Deadline?.End();
    }

    private NetstringStatus BeginSkip(ref ReadOnlySequence<byte> buffer, ref NetstringViolation violation)
    {
        NetstringStatus status = NetstringReader.ReadLength(buffer, out int length, out int headerBytes, out violation);
        if (status != NetstringStatus.Frame) return status;
        _skipping = new SkippedFrame(length, headerBytes);
        _skipStart = _end - buffer.Length;
        buffer = buffer.Slice(headerBytes);
        return status;
    }

    private NetstringStatus Skip(ref ReadOnlySequence<byte> buffer, out NetstringViolation violation)
    {
        SkippedFrame frame = _skipping!;
        NetstringStatus status = frame.Take(ref buffer, out violation);
        if (status != NetstringStatus.Frame) return status;
        _skipping = null;
        EndBegun();
        Skipped!(frame);
        return status;
    }

    private ProtocolViolationException Describe(NetstringViolation violation, in ReadOnlySequence<byte> frame, long restBytes)
    {
        // Of a frame that was skipped only the bad byte and what follows it is left.
        long offset = _skipping is null ? _end - frame.Length + violation.Offset : _end - restBytes;
        string what = violation.Fault == NetstringFault.TooLong
            ? string.Create(CultureInfo.InvariantCulture, $"sent a frame above the limit at byte {offset}: the limit is {maxFrameBytes:N0} bytes (MaxFrameBytes)")
            : string.Create(CultureInfo.InvariantCulture, $"broke the netstring framing at byte {offset}: {violation}");
        string start = _skipping is null ? $"; the frame starts with {FirstBytes.Describe(frame)}" : "";
        return new ProtocolViolationException($"{peer} {what}{start}", offset);
    }
}
