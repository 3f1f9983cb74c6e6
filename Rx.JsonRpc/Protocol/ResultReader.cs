using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Protocol;

/// <summary>Reads a result out of a frame: as a type by the serializer, or as text that outlives the frame.</summary>
internal static class ResultReader
{
    public static T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo, IJsonRpcSerializer serializer)
    {
        if (typeof(T) != typeof(RawJson)) return serializer.Read(json, typeInfo);
        RawJson raw = RawJson.Copy(json);
        return Unsafe.As<RawJson, T>(ref raw);
    }
}
