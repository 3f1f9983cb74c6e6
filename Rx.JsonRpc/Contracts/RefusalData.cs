using System.Text.Json;

namespace Rx.JsonRpc;

/// <summary>The <c>data</c> of a refusal, <see cref="JsonRpcError.NotExecuted"/>.</summary>
internal static class RefusalData
{
    public static RawJson Refused { get; } = RawJson.FromChecked("{\"executed\":false}"u8.ToArray());

    public static RawJson Leaving { get; } = RawJson.FromChecked("{\"executed\":false,\"leaving\":true}"u8.ToArray());

    /// <summary>Whether the data is an object with such a member.</summary>
    /// <param name="data">The data; empty when there was none.</param>
    /// <param name="member">The member's name.</param>
    /// <param name="value">True or false.</param>
    public static bool Has(RawJson data, ReadOnlySpan<byte> member, JsonTokenType value)
    {
        if (data.IsEmpty) return false;
        var reader = new Utf8JsonReader(data.Utf8.Span, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        bool found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMember = reader.ValueTextEquals(member);
            reader.Read();
            // Of several members of one name the last one counts.
            if (isMember) found = reader.TokenType == value;
            reader.Skip();
        }
        return found;
    }
}
