using System.Globalization;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Framing;

/// <summary>Where bytes stopped being a netstring, and why.</summary>
public readonly struct NetstringViolation
{
    /// <summary>Describes a violation.</summary>
    /// <param name="fault">Why.</param>
    /// <param name="offset">How many bytes of the frame stand before the bad one.</param>
    /// <param name="found">The bad byte.</param>
    [JsonConstructor]
    public NetstringViolation(NetstringFault fault, int offset, byte found)
    {
        Fault = fault;
        Offset = offset;
        Found = found;
    }

    /// <summary>Why; <see cref="NetstringFault.None"/> when nothing is wrong.</summary>
    public NetstringFault Fault { get; }

    /// <summary>How many bytes of the frame stand before the first one after which no netstring can follow.</summary>
    public int Offset { get; }

    /// <summary>That byte.</summary>
    public byte Found { get; }

    private string Expected => Fault switch
    {
        NetstringFault.NotADigit when Offset == 0 => "expected a digit, which begins the length of a netstring",
        NetstringFault.NotADigit => "expected a digit or ':' in the length of a netstring",
        NetstringFault.LeadingZero => "expected ':' after the length 0; a length has no leading zero",
        NetstringFault.TooManyDigits => $"expected ':' after {NetstringWriter.MaxDigits} digits of a length",
        NetstringFault.TooLong => "expected a length within the limit for frames",
        NetstringFault.NoLength => "expected the digits of a length before ':'",
        NetstringFault.MissingComma => "expected ',' after the payload",
        _ => "no violation",
    };

    /// <summary>Where, what was found and what was expected.</summary>
    /// <returns>One line for a log or a message.</returns>
    public override string ToString()
    {
        if (Fault == NetstringFault.None) return Expected;
        string shown = Found is > 0x20 and < 0x7f ? $"'{(char)Found}' " : "";
        return string.Create(CultureInfo.InvariantCulture, $"byte {Offset} of the frame is {shown}(0x{Found:x2}): {Expected}");
    }
}
