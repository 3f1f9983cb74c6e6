using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>Reads the <c>error</c> of a reply, whatever its shape. It never throws: a peer in trouble writes strange errors.</summary>
internal static class ErrorReader
{
    /// <param name="error">The member's value, already known to be JSON; copied.</param>
    /// <returns>Code and message as far as there are any; a bare string is the message of code 0.</returns>
    public static JsonRpcError Read(in ReadOnlySequence<byte> error)
    {
        byte[] copy = error.ToArray();
        try
        {
            return Read(copy) with { Received = RawJson.FromChecked(copy) };
        }
        catch (JsonException)
        {
            return new JsonRpcError(0, "");
        }
    }

    private static JsonRpcError Read(byte[] error)
    {
        int code = 0;
        string message = "";
        RawJson data = default;
        var reader = new Utf8JsonReader(error, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) message = Text(in reader);
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isCode = JsonStrings.IsAt(in reader, "code"u8);
            bool isMessage = JsonStrings.IsAt(in reader, "message"u8);
            bool isData = JsonStrings.IsAt(in reader, "data"u8);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            if (isCode) code = reader.TokenType == JsonTokenType.Number ? Code(in reader) : 0;
            if (isMessage) message = reader.TokenType == JsonTokenType.String ? Text(in reader) : "";
            reader.Skip();
            if (isData) data = RawJson.FromChecked(error.AsMemory(start, (int)reader.BytesConsumed - start));
        }
        return new JsonRpcError(code, message, data);
    }

    private static int Code(ref readonly Utf8JsonReader reader)
    {
        if (reader.TryGetInt32(out int code)) return code;
        // JSON knows no whole numbers: some languages write -32603.0.
        bool whole = reader.TryGetDouble(out double number) && number is >= int.MinValue and <= int.MaxValue && number == Math.Floor(number);
        return whole ? (int)number : 0;
    }

    private static string Text(ref readonly Utf8JsonReader reader) => JsonStrings.TextAt(in reader) ?? JsonStrings.EscapedTextAt(in reader);
}
