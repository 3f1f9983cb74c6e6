using System.Buffers;
using System.Text;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class BrokenTextTests
{
    [Theory]
    [InlineData("""{"id":7""", "")]
    [InlineData("""{"id":7,""", "7")]
    [InlineData("""{"id":7 """, "7")]
    [InlineData("""{"id":"7","result":[1,{"id":8},{"a":"b""", "7")]
    [InlineData("""{"\u0069d":"\u0037","result":"x""", "7")]
    [InlineData("""{"id":7.0,"result":"\""", "7")]
    [InlineData("""{"id":"7""", "")]
    [InlineData("""{"result":{"id":8""", "")]
    [InlineData("""{"result":{"id":8},"id":7}x""", "7")]
    [InlineData("""{"result":1,"id":7}{"result":2,"id":8} x {"id":9}""", "7 8")]
    [InlineData("""{"result":1,"id":7,}""", "7")]
    [InlineData("""{"result":NaN,"id":7}""", "7")]
    [InlineData("""{"result":"say "hi"","id":7}""", "7")]
    [InlineData("""{"result":[1,2},"id":7}""", "7")]
    [InlineData("""{"result":"\"id\":8,","id":7,,}""", "7")]
    [InlineData("{\"result\":\"line\nbreak\",\"id\":7}", "7")]
    [InlineData("\uFEFF{\"result\":1,\"id\":7}", "7")]
    [InlineData(""" { "result" : 01 , "id" : 7 } """, "7")]
    [InlineData("""[{"result":1,"id":7},{"result":2,"id":8},{"res""", "7 8")]
    [InlineData("""[{"result":[{"id":5}],"id":7},3,[{"id":6}],{"id":8,"error":{"id":4""", "7 8")]
    [InlineData("""{"result":1,"id":7,"id":7,}""", "7")]
    [InlineData("""{"result":"a ","id":8," b","id":7}""", "")]
    [InlineData("""{"method":"m","params":[NaN],"id":7}""", "")]
    [InlineData("""{"id":7,"params":[NaN],"method":"m"}""", "")]
    [InlineData("""{"method":null,"result":NaN,"id":7}""", "7")]
    [InlineData("""[{"method":"m","id":6},{"result":NaN,"id":7}]""", "7")]
    [InlineData("""{"id":-7,"result":NaN}""", "")]
    [InlineData("""{"id":[7],"result":NaN}""", "")]
    [InlineData("""{"id":{"id":7},"result":NaN}""", "")]
    [InlineData("""{"id":"\ud800","result":NaN}""", "")]
    [InlineData("""hello {"id":7}""", "")]
    [InlineData("", "")]
    [InlineData("}}]]", "")]
    public void FindIds_TextThatIsNoJson_FindsThoseOfTheMessagesThemselves(string text, string ids)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int cut = 0; cut <= bytes.Length; cut++) Assert.Equal(ids, Ids(Segments.CutAt(bytes, cut)));
    }

    [Fact]
    public void FindIds_InvalidUtf8_IsNoHindrance() =>
        Assert.Equal("7", Ids(new ReadOnlySequence<byte>([.. "{\"result\":\""u8, 0xff, 0xfe, .. "\",\"id\":7}"u8])));

    [Fact]
    public void FindIds_EndlessIdOrName_IsSkipped()
    {
        string zeros = new('0', 5000);
        Assert.Equal("7", Ids($$"""{"{{zeros}}":1,"id":7,"result":NaN}"""));
        Assert.Equal("", Ids($$"""{"id":7.{{zeros}},"result":NaN}"""));
    }

    [Theory]
    [InlineData("""{"id":7,"result":1}""", 1)]
    [InlineData("""[{"id":7,"result":[[1]]}]""", 4)]
    public void FindIds_Depth_IsTheTexts(string text, int depth) =>
        Assert.Equal(depth, BrokenText.FindIds(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)), []));

    [Fact]
    public void FindIds_VeryDeep_FindsTheIdBehind()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.Equal("7", Ids($$"""{"result":{{deep}},"id":7}"""));
    }

    private static string Ids(string text) => Ids(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)));

    private static string Ids(in ReadOnlySequence<byte> text)
    {
        var ids = new List<long>();
        BrokenText.FindIds(text, ids);
        return string.Join(' ', ids);
    }
}
