using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>Methods in raw JSON, for tests that look at replies and attempts.</summary>
internal static class Raw
{
    public static JsonTypeInfo<RawJson> TypeInfo => RawJsonTypeInfo.Instance;

    public static Method<RawJson, RawJson> Method(string name, bool idempotent = false) => new(name, TypeInfo, TypeInfo, idempotent);

    public static JsonTypeInfo<T> Reflected<T>() => ReflectedJson.Of<T>();
}
