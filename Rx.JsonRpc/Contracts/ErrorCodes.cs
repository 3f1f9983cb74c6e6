using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Rx.JsonRpc.Json;

namespace Rx.JsonRpc;

/// <summary>A set of JSON-RPC error codes: single codes and ranges, as in <c>-32603, -32099..-32000</c>.</summary>
[JsonConverter(typeof(ErrorCodesConverter))]
public sealed class ErrorCodes : IEquatable<ErrorCodes>
{
    private readonly (int First, int Last)[] _ranges;

    private ErrorCodes((int, int)[] ranges) => _ranges = ranges;

    /// <summary>The empty set.</summary>
    public static ErrorCodes None { get; } = new([]);

    /// <summary>Whether no code is in the set.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Reads a set.</summary>
    /// <param name="codes">Codes and ranges separated by commas; both ends of a range belong to it. Empty gives the empty set.</param>
    /// <returns>The set.</returns>
    /// <exception cref="FormatException">Names the part that is not a code or a range.</exception>
    public static ErrorCodes Parse(string codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        return TryParse(codes, out ErrorCodes? set, out string? error) ? set : throw new FormatException(error);
    }

    /// <summary>Reads a set without throwing.</summary>
    /// <param name="codes">Codes and ranges separated by commas.</param>
    /// <param name="set">The set; null when the text is faulty.</param>
    /// <param name="error">What is wrong and where; null when nothing is.</param>
    /// <returns>Whether the whole text could be read.</returns>
    public static bool TryParse(string? codes, [NotNullWhen(true)] out ErrorCodes? set, [NotNullWhen(false)] out string? error)
    {
        set = null;
        error = null;
        string[] parts = string.IsNullOrWhiteSpace(codes) ? [] : codes.Split(',');
        var ranges = new (int First, int Last)[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string part = parts[i].Trim();
            string[] ends = part.Split("..");
            bool read = ends.Length <= 2 && TryParseCode(ends[0], out ranges[i].First) & TryParseCode(ends[^1], out ranges[i].Last);
            if (!read)
            {
                error = $"error code {i + 1} ('{part}') is neither a code nor a range; expected for example -32603 or -32099..-32000";
                return false;
            }
            if (ranges[i].First > ranges[i].Last)
            {
                error = $"error code {i + 1} ('{part}') is a range whose first code is above its last";
                return false;
            }
        }
        set = new ErrorCodes(ranges);
        return true;
    }

    /// <summary>Whether a code is in the set.</summary>
    /// <param name="code">The code.</param>
    /// <returns>True when it is.</returns>
    public bool Contains(int code)
    {
        foreach ((int first, int last) in _ranges)
        {
            if (code >= first && code <= last) return true;
        }
        return false;
    }

    /// <summary>The set as <see cref="Parse"/> reads it.</summary>
    /// <returns>Codes and ranges separated by commas.</returns>
    public override string ToString() =>
        string.Join(", ", _ranges.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}..{range.Last}")));

    /// <summary>Whether both hold the same codes and ranges in the same order.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>True when they do.</returns>
    public bool Equals(ErrorCodes? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ErrorCodes);

    /// <inheritdoc/>
    public override int GetHashCode() => _ranges.Aggregate(0, HashCode.Combine);

    private static bool TryParseCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out code);
}
