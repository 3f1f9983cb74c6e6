using System.Buffers;
using System.Text;
using CsCheck;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class CutEnvelopeTests
{
    private static readonly string Long = new('x', 600);

    // Parts of strings and values that look like the members of an envelope, however they are cut.
    private static readonly string[] Traps =
    [
        ",\"id\":7}", "\"id\":7", "{\"id\":7}", ",", ":", "}", "{", "[", "]", "\\", "\"", "\\\"", "id", "\"result\":1,", "\"method\":\"m\",", "7", " ", "null", "x", "é",
    ];

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":5,"result":"LONG"}""", 5)]
    [InlineData("""{"jsonrpc":"2.0","result":"LONG","id":5}""", 5)]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":1,"message":"LONG"},"id":5}""", 5)]
    [InlineData("""{"result":"LONG", "id": 5, "jsonrpc": "2.0"}""", 5)]
    [InlineData("""{"result":["LONG"],"id":"5","jsonrpc":"2.0","error":null}""", 5)]
    [InlineData("""{"id":5,"error":null,"result":{"a":"LONG"},"method":null}""", 5)]
    [InlineData("""{"trace":"LONG","result":1,"id":5}""", 5)]
    [InlineData("""{"result":"LONG","id":5,"took":{"ms":1,"by":["a",{"id":6}]}}""", 5)]
    [InlineData("""{"result":1,"id":5}""", 5)]
    [InlineData("""{"result":"LONG","id":5,"jsonrpc":"LONG"}""", -1)]
    [InlineData("""{"result":{"a":"LONG","id":5}}""", -1)]
    [InlineData("""{"result":"LONG,\"id\":5}"}""", -1)]
    [InlineData("""{"id":5,"other":"LONG"}""", -1)]
    [InlineData("""[{"jsonrpc":"2.0","result":"LONG","id":5}]""", -1)]
    [InlineData("""LONG,"id":5}""", -1)]
    [InlineData("""{"jsonrpc":"2.0","id":5,"method":"m","params":{"result":"LONG"}}""", -1)]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":{"result":"LONG"},"result":1,"id":5}""", -1)]
    public void Read_Reply_OnlyACertainIdCounts(string text, long id)
    {
        CutEnvelope cut = Read(text);
        Assert.Equal(id, cut.Kind == EnvelopeKind.Result ? cut.Id : -1);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":["LONG"],"id":"a-b"}""", "\"a-b\"")]
    [InlineData("""{"jsonrpc":"2.0","id":1.50,"method":"m","params":["LONG"]}""", "1.50")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"m","params":["LONG"]}""", "null")]
    [InlineData("""{"jsonrpc":"2.0","id":"\u0061","method":"m","params":["LONG"]}""", "\"\\u0061\"")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":["LONG"]}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":[1],"method":"m","params":["LONG"]}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7,"params":["LONG"]}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"LONG"}""", null)]
    public void Read_Call_IdAsItWasWritten(string text, string? id)
    {
        CutEnvelope cut = Read(text);
        Assert.Equal(id, cut.Kind == EnvelopeKind.Call ? cut.IdJson.ToString() : null);
    }

    [Fact]
    public void Read_AnyText_NoOtherIdThanTheWholeMessageHas() =>
        Gen.Select(OneOf.These(Traps).Array[0, 12], OneOf.These(Traps).Array[0, 12], Gen.Int[0, 40], Gen.Int[0, 5]).Sample((first, second, cut, form) =>
        {
            string before = System.Text.Json.JsonSerializer.Serialize(string.Concat(first));
            string after = System.Text.Json.JsonSerializer.Serialize(string.Concat(second));
            string text = form switch
            {
                0 => $$$"""{"result":{{{before}}},"fill":"{{{Long}}}","x":{"id":7,"y":{{{after}}} } }""",
                1 => $$$"""{"result":[{{{before}}},"{{{Long}}}",{{{after}}}],"id":5}""",
                2 => $$$"""{"result":1,"fill":"{{{Long}}}",{{{after}}}:{{{before}}},"id":5,"z":[{{{after}}},{"id":7}]}""",
                3 => $$$"""{"id":5,"result":{{{{before}}}:"{{{Long}}}",{{{after}}}:{"id":7} } }""",
                4 => $$$"""{"result":"{{{Long}}}","id":5,{{{before}}}:{{{after}}}}""",
                _ => $$$"""{"result":"{{{Long}}}","x":[{{{before}}},7],{{{after}}}:{"a":{{{before}}},"id":7}}""",
            };
            // The cut falls elsewhere in what was kept.
            CutEnvelope read = Read(text.Replace(Long, Long + new string('x', cut), StringComparison.Ordinal));
            var whole = new EnvelopeReader(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)), strict: false);
            Assert.True(whole.TryRead(out Envelope envelope));
            return read.Id == EnvelopeId.None || read.Id == envelope.Id;
        });

    private static CutEnvelope Read(string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text.Replace("LONG", Long, StringComparison.Ordinal));
        var frame = new SkippedFrame(payload.Length, 4);
        var buffer = new ReadOnlySequence<byte>([.. payload, (byte)',']);
        Assert.Equal(NetstringStatus.Frame, frame.Take(ref buffer, out _));
        return CutEnvelope.Read(frame);
    }
}
