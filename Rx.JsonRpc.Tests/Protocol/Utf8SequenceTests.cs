using System.Text;
using System.Text.Unicode;
using CsCheck;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class Utf8SequenceTests
{
    [Fact]
    public void IsValid_TextCutInsideItsCharacters_IsValid()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("aé€😀z");
        Assert.True(Utf8Sequence.IsValid(Segments.EachByte(bytes)));
        for (int cut = 0; cut <= bytes.Length; cut++) Assert.True(Utf8Sequence.IsValid(Segments.CutAt(bytes, cut)));
    }

    [Fact]
    public void IsValid_RandomBytes_IsWhatTheWholeIs() =>
        Gen.Select(
                OneOf.These<byte>(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0x98, 0xf4, 0x90, 0xff).Array[0, 8],
                Gen.Int[0, 8].Array[0, 4])
            .Sample((bytes, places) =>
                Utf8Sequence.IsValid(Segments.CutAt(bytes, [.. places.Select(place => Math.Min(place, bytes.Length)).Order()])) == Utf8.IsValid(bytes)
                && Utf8Sequence.IsValid(Segments.EachByte(bytes)) == Utf8.IsValid(bytes), iter: 20_000);
}
