using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Json;

/// <summary>Writes an end point as a server list names it: <c>host:port</c>, <c>[ipv6]:port</c> or <c>unix:/path</c>.</summary>
/// <remarks>An end point of another kind is written by its own text, for a log; such a text cannot be read back.</remarks>
public sealed class EndPointConverter : JsonConverter<EndPoint>
{
    /// <inheritdoc/>
    public override EndPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("An end point is a text such as host:port.");
        return ServerList.TryParseEndPoint(text, out EndPoint? endPoint, out string? fault)
            ? endPoint
            : throw new JsonException($"'{text}' is no end point: {fault}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EndPoint value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(new ServerAddress(value).ToString());
    }
}
