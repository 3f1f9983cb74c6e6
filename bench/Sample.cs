using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Bench;

/// <summary>Parameters of the size that a SIP proxy asks with.</summary>
public sealed record Lookup(string User, string Domain, int Id, bool WithContacts)
{
    /// <summary>A lookup as it comes from a registrar.</summary>
    public static Lookup Typical { get; } = new("alice.example", "sip.example.org", 1234, true);
}

/// <summary>Parameters of a few kilobytes.</summary>
public sealed record Batch(Lookup[] Lookups)
{
    /// <summary>Thirty-two lookups.</summary>
    public static Batch Typical { get; } = new([.. Enumerable.Repeat(Lookup.Typical, 32)]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Lookup))]
[JsonSerializable(typeof(Batch))]
internal sealed partial class SampleJson : JsonSerializerContext;
