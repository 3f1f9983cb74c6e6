using System.Text.Json;

namespace Rx.JsonRpc.Tests.Contracts;

public sealed class OneLineTests
{
    /// <summary>Everything that may steer a terminal, forge a line, or turn text around.</summary>
    internal static readonly string Unsafe = string.Concat(
        Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Concat(Enumerable.Range(0x202a, 5)).Concat(Enumerable.Range(0x2066, 4))
            .Concat([0x061c, 0x200e, 0x200f, 0x2028, 0x2029]).Select(static code => (char)code));

    [Fact]
    public void Of_EachUnsafeCharacter_IsASpace() =>
        Assert.All(Unsafe, character => Assert.Equal("a b", OneLine.Of($"a{character}b")));

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("grüße, 你好, שלום, 😀")]
    public void Of_OrdinaryText_IsTheSameObject(string text) => Assert.Same(text, OneLine.Of(text));

    [Fact]
    public void Of_Null_IsEmpty() => Assert.Equal("", OneLine.Of(null));

    [Fact]
    public void OfPeer_LongText_IsCutAndSaysHowLongItWas()
    {
        string text = OneLine.OfPeer(new string('x', 2000));

        Assert.StartsWith(new string('x', OneLine.MostOfAPeer), text);
        Assert.EndsWith("(2,000 characters)", text);
        Assert.InRange(text.Length, OneLine.MostOfAPeer, OneLine.MostOfAPeer + 30);
    }

    [Fact]
    public void OfPeer_CutInsideAPair_LeavesNoHalf() =>
        Assert.DoesNotContain(OneLine.OfPeer(new string('x', OneLine.MostOfAPeer - 1) + "😀😀"), static character => char.IsHighSurrogate(character));

    [Fact]
    public void OfJson_MeansTheSame_OnOneLine()
    {
        string json = $"{{\n\t\"a\" : \"{new string([.. Unsafe.Where(static character => character >= 0x7f)])}\"\r\n}}";

        string line = OneLine.OfJson(json);

        Assert.DoesNotContain(line, static character => Unsafe.Contains(character));
        Assert.Equal(JsonDocument.Parse(json).RootElement.GetProperty("a").GetString(), JsonDocument.Parse(line).RootElement.GetProperty("a").GetString());
    }
}
