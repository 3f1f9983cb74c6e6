using System.Text.Json.Serialization;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Bench.Compare;

/// <summary>Where a user can be reached: what every row asks for, 104 bytes once it is an object.</summary>
public sealed record Located
{
    // Settable: what has to go through a constructor or an initializer makes System.Text.Json box it first, in every row.
    public string? Contact { get; set; }

    public int Expires { get; set; }
}

/// <summary>What every row sends and what the server answers, so that the rows differ only in who sends it.</summary>
internal static class Workload
{
    public const string MethodName = "get_user";

    public static Lookup Parameters { get; } = Lookup.Typical;

    public static Method<Lookup, Located> Method { get; } = new(MethodName, CompareJson.Default.Lookup, CompareJson.Default.Located);

    public static RawJson RawParameters { get; } = RawJson.From(Parameters, CompareJson.Default.Lookup);

    /// <summary>The text of every result.</summary>
    public static ReadOnlySpan<byte> Result => """{"contact":"sip:alice@192.0.2.1:5060","expires":3600}"""u8;

    /// <summary>One request as our client writes it, framed. The id has as many digits as a client's has after a while.</summary>
    public static byte[] FixedRequest()
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        RequestWriter.WriteRequest(
            buffer, MethodName, Method.Prefix, 1_234_567, Parameters, Method.Parameters, SystemTextJsonSerializer.Instance, 1 << 20);
        byte[] frame = buffer.Complete().ToArray();
        FrameBuffer.Return(buffer);
        return frame;
    }

    /// <summary>Nobody may win by losing the answer.</summary>
    public static void Check(Located? located)
    {
        if (located is not { Expires: 3600 }) throw new InvalidOperationException($"The answer is {located}.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Lookup))]
[JsonSerializable(typeof(Located))]
internal sealed partial class CompareJson : JsonSerializerContext;
