using System.Buffers;
using System.Text.Json;

namespace Rx.JsonRpc.Protocol;

/// <summary>Reads the <c>error</c> of a reply. It never throws: a peer in trouble writes strange errors.</summary>
internal static class ErrorReader
{
    /// <param name="error">The member's value, already known to be JSON; copied.</param>
    /// <param name="strict">Whether it must be an object with an integer code and a message.</param>
    /// <param name="fault">Why it cannot be used; null when it can.</param>
    /// <returns>Code and message as far as there are any; a bare string is the message of code 0. Null when it cannot be used.</returns>
    public static JsonRpcError? Read(in ReadOnlySequence<byte> error, bool strict, out string? fault)
    {
        byte[] copy = error.ToArray();
        try
        {
            // The object itself is one level around its data.
            var reader = new Utf8JsonReader(copy, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth + 1 });
            reader.Read();
            JsonRpcError? read = reader.TokenType switch
            {
                JsonTokenType.StartObject => Object(ref reader, copy, strict, out fault),
                JsonTokenType.String => Bare(in reader, strict, out fault),
                _ => Unusable("its error is neither an object nor a text", out fault),
            };
            return read is null ? null : read with { Received = RawJson.FromChecked(copy) };
        }
        catch (JsonException)
        {
            return Unusable($"its error nests deeper than {RawJson.MaxDepth} levels", out fault);
        }
    }

    private static JsonRpcError? Bare(ref readonly Utf8JsonReader reader, bool strict, out string? fault)
    {
        if (strict) return Unusable("its error is a text and no object (Strict)", out fault);
        fault = null;
        return new JsonRpcError(0, Text(in reader));
    }

    private static JsonRpcError? Object(ref Utf8JsonReader reader, byte[] error, bool strict, out string? fault)
    {
        int? code = null;
        string? message = null;
        RawJson data = default;
        bool isCodeSound = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isCode = JsonStrings.IsAt(in reader, "code"u8);
            bool isMessage = JsonStrings.IsAt(in reader, "message"u8);
            bool isData = JsonStrings.IsAt(in reader, "data"u8);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            if (isCode) isCodeSound = TryReadCode(in reader, strict, out code);
            if (isMessage) message = reader.TokenType == JsonTokenType.String ? Text(in reader) : null;
            reader.Skip();
            if (isData) data = RawJson.FromChecked(error.AsMemory(start, (int)reader.BytesConsumed - start));
        }
        if (!isCodeSound) return Unusable("the code of its error is no 32-bit integer", out fault);
        if (strict && (code is null || message is null)) return Unusable("its error has no code or no message (Strict)", out fault);
        fault = null;
        return new JsonRpcError(code ?? 0, message ?? "", data);
    }

    /// <summary>False when there is a code that cannot be used. <c>null</c> is none, as a peer writes it that always writes every member.</summary>
    private static bool TryReadCode(ref readonly Utf8JsonReader reader, bool strict, out int? code)
    {
        code = null;
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (strict && reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0) return false;
        // JSON knows no whole numbers: some languages write -32603.0.
        if (!JsonInteger.TryRead(in reader, out long value) || value is < int.MinValue or > int.MaxValue) return false;
        code = (int)value;
        return true;
    }

    private static JsonRpcError? Unusable(string why, out string? fault)
    {
        fault = why;
        return null;
    }

    private static string Text(ref readonly Utf8JsonReader reader) => JsonStrings.TextAt(in reader) ?? JsonStrings.EscapedTextAt(in reader);
}
