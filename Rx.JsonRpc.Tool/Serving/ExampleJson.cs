using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tool.Serving;

internal sealed record User(int Id, string Name, string Sip);

internal sealed record Slept(int Ms);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Slept))]
[JsonSerializable(typeof(decimal))]
internal sealed partial class ExampleJson : JsonSerializerContext;
