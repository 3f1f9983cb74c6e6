namespace Rx.JsonRpc.Framing;

/// <summary>How bytes can fail to be a netstring.</summary>
public enum NetstringFault
{
    /// <summary>They do not.</summary>
    None,

    /// <summary>Something else than a digit, or a colon after digits, stands in the length.</summary>
    NotADigit,

    /// <summary>A digit follows a leading zero.</summary>
    LeadingZero,

    /// <summary>The length has more than nine digits.</summary>
    TooManyDigits,

    /// <summary>The length is above the limit.</summary>
    TooLong,

    /// <summary>A colon stands where the length should begin.</summary>
    NoLength,

    /// <summary>The payload is not followed by a comma.</summary>
    MissingComma,
}
