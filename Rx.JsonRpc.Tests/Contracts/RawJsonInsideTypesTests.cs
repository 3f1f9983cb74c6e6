using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Tests.Contracts;

public sealed partial class RawJsonInsideTypesTests
{
    private static readonly JsonSerializerOptions Reflected = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private static readonly Holder Full = new(RawJson.Parse("""{"a":1.50}"""))
    {
        Optional = RawJson.Parse("[ 1 ]"),
        Several = [RawJson.Parse("1"), RawJson.Parse("\"x\""), RawJson.Parse("null")],
        Named = new() { ["k"] = RawJson.Parse("[true]"), ["l"] = null },
    };

    private const string FullText = """{"Given":{"a":1.50},"Optional":[ 1 ],"Several":[1,"x",null],"Named":{"k":[true],"l":null}}""";

    public static TheoryData<string> Metadata => ["reflected", "generated"];

    [Theory]
    [MemberData(nameof(Metadata))]
    public void RawJson_InsideAType_IsWrittenAndReadAsItsJson(string metadata)
    {
        JsonTypeInfo<Holder> type = TypeInfo<Holder>(metadata);

        Assert.Equal(FullText, JsonSerializer.Serialize(Full, type));
        Holder read = JsonSerializer.Deserialize(FullText, type)!;
        Assert.Equal(Full.Given, read.Given);
        Assert.Equal(Full.Optional, read.Optional);
        Assert.Equal(Full.Several, read.Several);
        Assert.Equal(Full.Named, read.Named);
    }

    [Theory]
    [MemberData(nameof(Metadata))]
    public void RawJson_OfNothing_IsWrittenAsNull_AndNullIsReadAsJson(string metadata)
    {
        JsonTypeInfo<Holder> type = TypeInfo<Holder>(metadata);

        Assert.Equal("""{"Given":null,"Optional":null,"Several":[null],"Named":{}}""", JsonSerializer.Serialize(new Holder(default) { Several = [default] }, type));
        Assert.Equal("null", JsonSerializer.Deserialize("""{"Given":null}""", type)!.Given.ToString());
        Assert.Null(JsonSerializer.Deserialize("""{"Optional":null}""", type)!.Optional);
        Assert.True(JsonSerializer.Deserialize("{}", type)!.Given.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Metadata))]
    public void RawJson_WithItsDefaultIgnored_StaysAway(string metadata)
    {
        JsonTypeInfo<JsonRpcError> type = TypeInfo<JsonRpcError>(metadata);

        Assert.Equal("""{"Code":-32000,"Message":"m"}""", JsonSerializer.Serialize(new JsonRpcError(-32000, "m"), type));
    }

    [Theory]
    [InlineData("""{"Given":[1,]}""")]
    [InlineData("""{"Given":[1 /* one */]}""")]
    public void RawJson_OfWhatTheOptionsTolerateBeyondJson_IsRefused(string text)
    {
        var tolerant = new JsonSerializerOptions(Reflected) { AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip };

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Holder>(text, tolerant));
    }

    [Fact]
    public void RawJson_BeyondItsDepth_IsRefused()
    {
        var deep = new JsonSerializerOptions(Reflected) { MaxDepth = 1000 };

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Holder>($"{{\"Given\":{new string('[', 65)}{new string(']', 65)}}}", deep));
    }

    [Theory]
    [MemberData(nameof(Metadata))]
    public void PublicValues_InsideAType_AreReadBack(string metadata)
    {
        JsonTypeInfo<Log> type = TypeInfo<Log>(metadata);
        var log = new Log(
            new Reply<RawJson> { Result = RawJson.Parse("[1]"), Attempts = [new() { Server = new(new System.Net.DnsEndPoint("a", 1), 2) }] },
            ErrorCodes.Parse("-32603"),
            new JsonRpcError(1, "m"));

        Log read = JsonSerializer.Deserialize(JsonSerializer.Serialize(log, type), type)!;

        Assert.Equal("[1]", read.Reply.Result.ToString());
        Assert.Equal(log.Reply.Attempts[0].Server, read.Reply.Attempts[0].Server);
        Assert.Equal(log.Codes, read.Codes);
        Assert.Equal(log.Error, read.Error);
    }

    private static JsonTypeInfo<T> TypeInfo<T>(string metadata) =>
        (JsonTypeInfo<T>)(metadata == "generated" ? Generated.Default.Options : Reflected).GetTypeInfo(typeof(T));

    internal sealed record Holder(RawJson Given)
    {
        public RawJson? Optional { get; init; }

        public RawJson[] Several { get; init; } = [];

        public Dictionary<string, RawJson?> Named { get; init; } = [];
    }

    internal sealed record Log(Reply<RawJson> Reply, ErrorCodes Codes, JsonRpcError Error);

    [JsonSerializable(typeof(Holder))]
    [JsonSerializable(typeof(Log))]
    [JsonSerializable(typeof(JsonRpcError))]
    private sealed partial class Generated : JsonSerializerContext;
}
