using System.Buffers;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Newtonsoft.Json;

namespace Rx.JsonRpc.Tests.Protocol;

/// <summary>A second implementation of the seam: what a host writes to use another library.</summary>
internal sealed class NewtonsoftSerializer : IJsonRpcSerializer
{
    public void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo) =>
        Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(value), output);

    public T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo) =>
        JsonConvert.DeserializeObject<T>(Encoding.UTF8.GetString(json));
}
