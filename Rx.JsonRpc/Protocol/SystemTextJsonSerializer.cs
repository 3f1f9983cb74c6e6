using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Protocol;

/// <summary>Parameters and results through System.Text.Json: the serializer that is used unless the options name another.</summary>
public sealed class SystemTextJsonSerializer : IJsonRpcSerializer
{
    [ThreadStatic]
    private static Utf8JsonWriter? _spare;

    private SystemTextJsonSerializer()
    {
    }

    /// <summary>The one instance; it holds no state of its own.</summary>
    public static SystemTextJsonSerializer Instance { get; } = new();

    /// <inheritdoc/>
    public void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(typeInfo);
        Utf8JsonWriter writer = Take(output, typeInfo.Options);
        try
        {
            JsonSerializer.Serialize(writer, value, typeInfo);
            writer.Flush();
        }
        finally
        {
            writer.Reset();
            _spare = writer;
        }
    }

    /// <inheritdoc/>
    public T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        // From a span the serializer goes over the bytes once; through a reader it first looks for the value's end.
        if (json.IsSingleSegment) return JsonSerializer.Deserialize(json.FirstSpan, typeInfo);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        return JsonSerializer.Deserialize(ref reader, typeInfo);
    }

    // While it is in use the writer is not in its place: a converter that itself sends a request gets a second one.
    private static Utf8JsonWriter Take(IBufferWriter<byte> output, JsonSerializerOptions options)
    {
        Utf8JsonWriter? writer = _spare;
        _spare = null;
        // What the serializer writes in one piece, such as a JsonElement, it does not count: the writer does.
        int maxDepth = Math.Max(RawJson.MaxDepth, options.MaxDepth);
        if (writer is null || writer.Options.Encoder != options.Encoder || writer.Options.MaxDepth != maxDepth)
        {
            return new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = options.Encoder, MaxDepth = maxDepth });
        }
        writer.Reset(output);
        return writer;
    }
}
