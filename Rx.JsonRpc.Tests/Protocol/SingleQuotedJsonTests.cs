using CsCheck;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Protocol;

public class SingleQuotedJsonTests
{
    [Theory]
    [InlineData("{'id': 1234}", """{"id": 1234}""")]
    [InlineData("['a','b']", """["a","b"]""")]
    [InlineData("''", "\"\"")]
    [InlineData("{'a':'', \"b\":'x'}", """{"a":"", "b":"x"}""")]
    [InlineData(@"['it\'s']", """["it's"]""")]
    [InlineData("""['say "hi"']""", """["say \"hi\""]""")]
    [InlineData("""['say \"hi\"']""", """["say \"hi\""]""")]
    [InlineData("""["it's", 'b']""", """["it's", "b"]""")]
    [InlineData("""["a\"'b", 'c']""", """["a\"'b", "c"]""")]
    [InlineData("""["a\\", 'c\\']""", """["a\\", "c\\"]""")]
    [InlineData(@"['\u00e9\n']", """["\u00e9\n"]""")]
    [InlineData("['\u00e9\U0001F600']", "[\"\u00e9\U0001F600\"]")]
    public void TryParse_SingleQuotes_BecomeDouble(string text, string expected)
    {
        Assert.True(SingleQuotedJson.TryParse(text, out RawJson json, out string? error), error);
        Assert.Equal(expected, json.ToString());
    }

    [Theory]
    [InlineData("""{"b":1.0,  "a":"\u00e9"}""")]
    [InlineData("""["it's 'quoted'"]""")]
    [InlineData(" 12 ")]
    public void TryParse_JsonAsItStands_IsUntouched(string text)
    {
        Assert.True(SingleQuotedJson.TryParse(text, out RawJson json, out _));
        Assert.Equal(text, json.ToString());
    }

    [Theory]
    [InlineData("{'id: 1}", "character 2")]
    [InlineData(@"['a\'", "character 2")]
    [InlineData(@"['a\", "character 2")]
    [InlineData("{'id': x}", "byte 7")]
    [InlineData("{'id': x}", """{"id": x}""")]
    [InlineData("{id: 1}", "byte 1")]
    [InlineData("['a\nb']", "0x0A")]
    [InlineData("", "empty")]
    [InlineData(null, "empty")]
    [InlineData("\"a", "byte")]
    public void TryParse_NoJson_SaysWhere(string? text, string part)
    {
        Assert.False(SingleQuotedJson.TryParse(text, out RawJson json, out string? error));
        Assert.True(json.IsEmpty);
        Assert.Contains(part, error);
    }

    [Fact]
    public void TryRequote_NoSingleQuotes_FindsNothingToTurn()
    {
        Assert.False(SingleQuotedJson.TryRequote("""{"a":"it's"}""", out string requoted, out int unclosed));
        Assert.Equal("", requoted);
        Assert.Equal(-1, unclosed);
    }

    [Fact]
    public void TryParse_AnyText_GivesJsonOrAnErrorAndNeverThrows()
    {
        Gen<string> texts = Gen.Char["'\"\\[],au\n\ud800"].Array[0, 24].Select(c => new string(c));
        texts.Sample(text =>
        {
            bool read = SingleQuotedJson.TryParse(text, out RawJson json, out string? error);
            Assert.Equal(read, error is null);
            Assert.Equal(read, !json.IsEmpty);
        });
    }
}
