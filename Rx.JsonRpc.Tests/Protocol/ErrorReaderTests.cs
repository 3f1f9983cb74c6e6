using System.Buffers;
using System.Text;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class ErrorReaderTests
{
    [Theory]
    [InlineData("""{"code":-32601,"message":"no"}""", -32601, "no", "")]
    [InlineData("""{"data":{"code":9,"x":[1]},"message":"b\u00fcsy","code":5,"more":{"message":"x"}}""", 5, "büsy", """{"code":9,"x":[1]}""")]
    [InlineData("""{"c\u006fde":5,"m\u0065ssage":"m","d\u0061ta":1}""", 5, "m", "1")]
    [InlineData("""{"code":5,"message":"m","data":null}""", 5, "m", "null")]
    [InlineData("""{"code":-32603.0,"message":"m"}""", -32603, "m", "")]
    [InlineData("""{"code":-3.26e4,"message":"m"}""", -32600, "m", "")]
    [InlineData("""{"code":1e3,"message":"m"}""", 1000, "m", "")]
    [InlineData("""{"code":-2147483648.0,"message":"m"}""", -2147483648, "m", "")]
    [InlineData("""{"code":null,"message":"m"}""", 0, "m", "")]
    [InlineData("""{"code":"x","message":"m","code":5}""", 5, "m", "")]
    [InlineData("""{"code":5,"message":["m"]}""", 5, "", "")]
    [InlineData("""{"\ud800":1,"code":5,"message":"bad \ud800"}""", 5, """bad \ud800""", "")]
    [InlineData("{}", 0, "", "")]
    [InlineData("\"went wrong\"", 0, "went wrong", "")]
    [InlineData("\"\\udc00\"", 0, "\\udc00", "")]
    public void Read_AnyShape_GivesWhatThereIs(string json, int code, string message, string data)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        foreach (ReadOnlySequence<byte> slice in new[] { new ReadOnlySequence<byte>(bytes), Segments.EachByte(bytes) })
        {
            JsonRpcError error = ErrorReader.Read(slice, strict: false, out string? fault)!;
            Assert.Null(fault);
            Assert.Equal((code, message, data), (error.Code, error.Message, error.Data.ToString()));
            Assert.Equal(json, error.Received.ToString());
        }
    }

    [Theory]
    [InlineData("""{"code":99999999999,"message":"m"}""")]
    [InlineData("""{"code":1.5,"message":"m"}""")]
    [InlineData("""{"code":1e400,"message":"m"}""")]
    [InlineData("""{"code":2147483648.0,"message":"m"}""")]
    [InlineData("""{"code":"5","message":"m"}""")]
    [InlineData("""{"code":{"code":5},"message":"m"}""")]
    [InlineData("""{"code":true}""")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("[1,{\"code\":5}]")]
    public void Read_ShapeThatCannotBeUsed_SaysWhatIsWrong(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        foreach (ReadOnlySequence<byte> slice in new[] { new ReadOnlySequence<byte>(bytes), Segments.EachByte(bytes) })
        {
            Assert.Null(ErrorReader.Read(slice, strict: false, out string? fault));
            Assert.NotNull(fault);
        }
    }

    [Theory]
    [InlineData("""{"code":1,"message":"m"}""", true)]
    [InlineData("""{"code":-1,"message":"m","data":null}""", true)]
    [InlineData("""{"code":-32603.0,"message":"m"}""", false)]
    [InlineData("""{"code":1}""", false)]
    [InlineData("""{"message":"m"}""", false)]
    [InlineData("\"m\"", false)]
    public void Read_Strict_WantsCodeAndMessage(string json, bool usable) =>
        Assert.Equal(usable, ErrorReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), strict: true, out _) is not null);

    [Fact]
    public void Read_Error_OutlivesTheFrame()
    {
        byte[] bytes = """{"code":1,"message":"m","data":[1]}"""u8.ToArray();
        JsonRpcError error = ErrorReader.Read(new ReadOnlySequence<byte>(bytes), strict: false, out _)!;
        bytes.AsSpan().Clear();
        Assert.Equal("""{"code":1,"message":"m","data":[1]}""", error.ToJson().ToString());
        Assert.Equal("[1]", error.Data.ToString());
    }
}
