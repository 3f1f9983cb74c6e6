using System.Buffers;
using System.Globalization;
using System.Text;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Protocol;

public class ReplyWriterTests
{
    [Fact]
    public void WriteResult_RawJson_IsCopiedAndTheIdEchoed() =>
        Assert.Equal(
            """{"jsonrpc":"2.0","result":{ "a":1.0 },"id":"\u0073"}""",
            Written(output => ReplyWriter.WriteResult(output, "\"\\u0073\""u8, RawJson.Parse("""{ "a":1.0 }"""))));

    [Fact]
    public void WriteResult_NothingAndNoId_AreNull()
    {
        const string expected = """{"jsonrpc":"2.0","result":null,"id":null}""";
        Assert.Equal(expected, Written(output => ReplyWriter.WriteResult(output, default, default(RawJson))));
        Assert.Equal(
            expected, Written(output => ReplyWriter.WriteResult(output, default, default(RawJson), null!, SystemTextJsonSerializer.Instance)));
    }

    [Fact]
    public void WriteResult_Value_IsSerialized() =>
        Assert.Equal(
            """{"jsonrpc":"2.0","result":[1,2],"id":7}""",
            Written(output => ReplyWriter.WriteResult(output, "7"u8, [1, 2], TestJson.Default.Int32Array, SystemTextJsonSerializer.Instance)));

    [Fact]
    public void WriteError_Parts_MakeAnObject() =>
        Assert.Equal(
            """{"jsonrpc":"2.0","error":{"code":-2147483648,"message":"a\"b�","data":[1]},"id":7}""",
            Written(output => ReplyWriter.WriteError(output, "7"u8, new JsonRpcError(int.MinValue, "a\"b\ud800", RawJson.Parse("[1]")))));

    [Fact]
    public void WriteError_CultureWithAnotherMinus_WritesJson()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.Contains("\"code\":-5,", Written(output => ReplyWriter.WriteError(output, "7"u8, new JsonRpcError(-5, "m"))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void WriteError_Received_IsPassedOnIfItIsAnObject()
    {
        JsonRpcError full = new(1, "m") { Received = RawJson.Parse(""" {"code":1,"message":"m","more":true}""") };
        JsonRpcError bare = new(0, "went wrong") { Received = RawJson.Parse("\"went wrong\"") };
        Assert.Contains("\"more\":true", Written(output => ReplyWriter.WriteError(output, "7"u8, full)));
        Assert.Contains("""{"code":0,"message":"went wrong"}""", Written(output => ReplyWriter.WriteError(output, "7"u8, bare)));
    }

    [Fact]
    public void Write_SeveralInBrackets_IsABatch()
    {
        string batch = Written(output =>
        {
            output.Write("["u8);
            ReplyWriter.WriteResult(output, "1"u8, RawJson.Parse("true"));
            output.Write(","u8);
            ReplyWriter.WriteError(output, "2"u8, new JsonRpcError(JsonRpcError.MethodNotFound, "no"));
            output.Write("]"u8);
        });
        Assert.Equal(
            [
                new Seen(EnvelopeKind.Result, 1, "1", "true", null),
                new Seen(EnvelopeKind.Error, 2, "2", """{"code":-32601,"message":"no"}""", null),
            ],
            Seen.In(batch, strict: true));
    }

    private static string Written(Action<FrameBuffer> write)
    {
        var buffer = new FrameBuffer();
        write(buffer);
        return Encoding.UTF8.GetString(buffer.Payload);
    }
}
