using Rx.JsonRpc.Framing;

namespace Rx.JsonRpc.Kamailio;

/// <summary>Makes answers of a length that Kamailio's evapi does not lose.</summary>
/// <remarks>
/// evapi (Kamailio 5.6) reads what waits into a buffer of 32,767 bytes that begins with a frame. When a read ends inside a frame's length,
/// or just before its comma, the frame is lost, and with many answers waiting some read does. Frames whose length is a multiple of ten
/// put their lengths and commas on a grid, which the end of the buffer, 7 bytes behind a line of it, cuts through at neither: a length
/// and its colon have 6 bytes at most, and the comma stands 9 bytes behind a line.
/// </remarks>
internal static class FrameGrid
{
    public const int Step = 10;

    private const int ColonAndComma = 2;

    /// <summary>Appends the spaces to the JSON in the buffer that bring the whole frame to a multiple of the step.</summary>
    public static void Align(FrameBuffer buffer)
    {
        int length = buffer.PayloadLength;
        while (FrameLength(length) % Step != 0) length++;
        buffer.Append("          "u8[..(length - buffer.PayloadLength)]);
    }

    public static int FrameLength(int payloadLength)
    {
        int digits = 1;
        for (int rest = payloadLength; rest >= 10; rest /= 10) digits++;
        return digits + ColonAndComma + payloadLength;
    }
}
