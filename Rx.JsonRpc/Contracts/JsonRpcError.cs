using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rx.JsonRpc;

/// <summary>The <c>error</c> of a reply (JSON-RPC 2.0, section 5.1). It proves that the server is alive.</summary>
/// <param name="Code">The code; 0 when the server gave none. A code that is no 32-bit integer makes a reply that cannot be used.</param>
/// <param name="Message">The message; empty when the server gave none.</param>
/// <param name="Data">The member <c>data</c> as it was received; empty when there was none.</param>
public sealed record JsonRpcError(int Code, string Message, RawJson Data = default)
{
    /// <summary>-32700: the peer could not read the JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>-32600: the JSON is not a request.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>-32601: the method does not exist.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>-32602: the parameters do not fit the method.</summary>
    public const int InvalidParams = -32602;

    /// <summary>-32603: the method failed inside.</summary>
    public const int InternalError = -32603;

    /// <summary>The whole <c>error</c> member as it was received, unknown members with it; empty when it did not come from a peer.</summary>
    public RawJson Received { get; init; }

    /// <summary>The error as a JSON object: as it was received, or made from the parts.</summary>
    /// <returns>The JSON.</returns>
    public RawJson ToJson()
    {
        if (!Received.IsEmpty) return Received;
        // By way of UTF-8, which puts U+FFFD where the message holds half a surrogate pair; JsonEncodedText refuses those.
        JsonEncodedText message = JsonEncodedText.Encode(Encoding.UTF8.GetBytes(Message), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        string data = Data.IsEmpty ? "" : $",\"data\":{Data}";
        string json = string.Create(CultureInfo.InvariantCulture, $"{{\"code\":{Code},\"message\":\"{message}\"{data}}}");
        return RawJson.FromChecked(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Code and message.</summary>
    /// <returns>One line for a log.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code}: {Message}");
}
