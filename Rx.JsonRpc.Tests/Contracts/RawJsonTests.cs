using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rx.JsonRpc.Tests.Contracts;

public class RawJsonTests
{
    private static readonly JsonTypeInfo<int[]> Ints =
        (JsonTypeInfo<int[]>)new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }.GetTypeInfo(typeof(int[]));

    [Theory]
    [InlineData("null")]
    [InlineData("1.50e+3")]
    [InlineData(" { \"a\" : [ 1 , 2 ] } ")]
    [InlineData("\"\\u00e4\u00e4\"")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void Parse_OneValue_KeepsTheTextUntouched(string json)
    {
        RawJson value = RawJson.Parse(json);

        Assert.Equal(json, value.ToString());
        Assert.Equal(json, Encoding.UTF8.GetString(value.Utf8.Span));
        Assert.False(value.IsEmpty);
    }

    [Theory]
    [InlineData("", "the text is empty")]
    [InlineData("  ", "line 1")]
    [InlineData("{", "line 1")]
    [InlineData("1 2", "line 1, byte 2")]
    [InlineData("[1,\n2,]", "line 2, byte 2")]
    [InlineData("{'a':1}", "line 1, byte 1")]
    [InlineData("[1] // no", "line 1, byte 4")]
    [InlineData("NaN", "line 1, byte 0")]
    [InlineData("01", "line 1, byte 1")]
    public void Parse_FaultyText_SaysWhere(string json, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<FormatException>(() => RawJson.Parse(json)).Message);

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(50_000, false)]
    public void TryParse_Depth_IsBounded(int depth, bool expected) =>
        Assert.Equal(expected, RawJson.TryParse(new string('[', depth) + new string(']', depth), out _, out _));

    [Fact]
    public void TryParse_NotUtf8_SaysSo()
    {
        Assert.False(RawJson.TryParse(new byte[] { (byte)'"', 0xC3, (byte)'"' }, out RawJson value, out string? error));

        Assert.Contains("UTF-8", error);
        Assert.True(value.IsEmpty);
    }

    [Fact]
    public void Default_HoldsNothing_AndDiffersFromNull()
    {
        Assert.True(default(RawJson).IsEmpty);
        Assert.Equal("", default(RawJson).ToString());
        Assert.NotEqual(default, RawJson.Parse("null"));
    }

    [Fact]
    public void Equals_ComparesBytes()
    {
        Assert.True(RawJson.Parse("[1]") == RawJson.Parse("[1]"));
        Assert.Equal(RawJson.Parse("[1]").GetHashCode(), RawJson.Parse("[1]").GetHashCode());
        Assert.True(RawJson.Parse("1") != RawJson.Parse("1.0"));
        Assert.False(RawJson.Parse("1").Equals((object)"1"));
    }

    [Fact]
    public void FromAndTo_AValue_RoundTrips() => Assert.Equal([1, 2], RawJson.From([1, 2], Ints).To(Ints)!);

    [Fact]
    public void To_OtherType_Throws() => Assert.Throws<JsonException>(() => RawJson.Parse("{}").To(Ints));

    [Fact]
    public void Parse_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => RawJson.Parse(null!));
        Assert.False(RawJson.TryParse((string?)null, out _, out _));
    }
}
