using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>
/// Strings and member names of a peer. Half a surrogate pair (<c>"\ud800"</c>) is well-formed JSON but no text, and System.Text.Json
/// says so by an exception only when the string is asked for: here it becomes an answer.
/// </summary>
internal static class JsonStrings
{
    /// <summary>Whether the string or member name at which the reader stands is this text.</summary>
    public static bool IsAt(ref readonly Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        reader.ValueIsEscaped ? IsEscapedAt(in reader, text) : reader.ValueTextEquals(text);

    /// <summary>The string at which the reader stands; null when it is no text.</summary>
    public static string? TextAt(ref readonly Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The string at which the reader stands, with its escapes as they are.</summary>
    public static string EscapedTextAt(ref readonly Utf8JsonReader reader) =>
        reader.HasValueSequence ? Encoding.UTF8.GetString(reader.ValueSequence) : Encoding.UTF8.GetString(reader.ValueSpan);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsEscapedAt(ref readonly Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
