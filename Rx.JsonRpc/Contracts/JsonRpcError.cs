using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc;

/// <summary>The <c>error</c> of a reply (JSON-RPC 2.0, section 5.1). It proves that the server is alive.</summary>
/// <param name="Code">The code; 0 when the server gave none. A code that is no 32-bit integer makes a reply that cannot be used.</param>
/// <param name="Message">The message; empty when the server gave none.</param>
/// <param name="Data">The member <c>data</c> as it was received; empty when there was none.</param>
public sealed record JsonRpcError(
    int Code, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] RawJson Data = default)
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

    /// <summary>
    /// -32090: the call was refused before it ran. This library's own code, out of those that JSON-RPC leaves to implementations
    /// (-32000 to -32099); see <see cref="Refusal"/>.
    /// </summary>
    public const int NotExecuted = -32090;

    /// <summary>
    /// Whether the peer says in words that can be believed that it has not run the call: the code is <see cref="NotExecuted"/>, and
    /// <see cref="Data"/> is an object whose <c>executed</c> is <c>false</c>. The code alone says nothing: another make may use it.
    /// </summary>
    [JsonIgnore]
    public bool IsRefusal => Code == NotExecuted && RefusalData.Has(Data, "executed"u8, JsonTokenType.False);

    /// <summary>Whether it is a refusal that also says <c>"leaving":true</c>: the connection takes no more calls and will be closed.</summary>
    [JsonIgnore]
    public bool IsLeaving => IsRefusal && RefusalData.Has(Data, "leaving"u8, JsonTokenType.True);

    /// <summary>The whole <c>error</c> member as it was received, unknown members with it; empty when it did not come from a peer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Received { get; init; }

    /// <summary>
    /// The error for a call that is refused and will not run. This library's client sends such a call to the next server, whatever
    /// <see cref="Replay"/> says except <see cref="Replay.Never"/>; to any other client it is an ordinary error.
    /// </summary>
    /// <param name="reason">Why, in a few words; the message is <c>Not executed: </c> and this.</param>
    /// <param name="leaving">Whether the connection takes no more calls: the client then sends none there any more, and closes it.</param>
    /// <returns>Code <see cref="NotExecuted"/>, with <c>{"executed":false}</c> or <c>{"executed":false,"leaving":true}</c> as data.</returns>
    public static JsonRpcError Refusal(string reason, bool leaving = false) =>
        new(NotExecuted, $"Not executed: {reason}", leaving ? RefusalData.Leaving : RefusalData.Refused);

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
    /// <returns>One line for a log, without control characters; a message is cut after 500 characters.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code}: {OneLine.OfPeer(Message)}");
}
