using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tool.Demo;

/// <summary>What the demonstration's method is asked: where a user is.</summary>
internal sealed record Locate(int Id);

/// <summary>What it answers.</summary>
internal sealed record Located(int Id, string By);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Locate))]
[JsonSerializable(typeof(Located))]
internal sealed partial class DemoJson : JsonSerializerContext;
