using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tests.Listening;

[JsonSerializable(typeof(int?))]
internal sealed partial class OptionalJson : JsonSerializerContext;
