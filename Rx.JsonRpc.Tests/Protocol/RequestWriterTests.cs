using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Protocol;

public class RequestWriterTests
{
    private const int Max = 1000;

    [Fact]
    public void WriteRequest_Parameters_StandBetweenMethodAndId() =>
        Assert.Equal("""{"jsonrpc":"2.0","method":"m","params":[1,2],"id":7}""", Request([1, 2], TestJson.Default.Int32Array));

    [Fact]
    public void WriteRequest_AnyId_IsWrittenInFull()
    {
        Assert.EndsWith(""","id":0}""", Request([], TestJson.Default.Int32Array, id: 0));
        Assert.EndsWith(""","id":9007199254740991}""", Request([], TestJson.Default.Int32Array, id: (1L << 53) - 1));
        Assert.EndsWith(""","id":-9223372036854775808}""", Request([], TestJson.Default.Int32Array, id: long.MinValue));
    }

    [Fact]
    public void WriteNotification_Parameters_HasNoId()
    {
        var buffer = new FrameBuffer();
        RequestWriter.WriteNotification(
            buffer, "m", MethodName.RequestPrefix("m"), [1], TestJson.Default.Int32Array, SystemTextJsonSerializer.Instance, Max);
        Assert.Equal("""{"jsonrpc":"2.0","method":"m","params":[1]}""", Encoding.UTF8.GetString(buffer.Payload));
    }

    [Theory]
    [InlineData("""{ "a" : 1.0 }""", ""","params":{ "a" : 1.0 }""")]
    [InlineData(" [1]\n", ",\"params\": [1]\n")]
    [InlineData("null", "")]
    [InlineData(" null ", "")]
    [InlineData(null, "")]
    public void WriteRequest_RawJson_IsCopiedUntouched(string? json, string expected)
    {
        RawJson raw = json is null ? default : RawJson.Parse(json);
        Assert.Equal($$"""{"jsonrpc":"2.0","method":"m"{{expected}},"id":7}""", Request(raw, null));
    }

    [Fact]
    public void WriteRequest_NullParameters_LeavesThemOut() =>
        Assert.Equal("""{"jsonrpc":"2.0","method":"m","id":7}""", Request(null!, TestJson.Default.Person));

    [Fact]
    public void WriteRequest_NeitherObjectNorArray_SaysWhatItIs()
    {
        AssertInvalid("string", () => Request("x", TestJson.Default.String));
        AssertInvalid("number", () => Request(5, TestJson.Default.Int32));
        AssertInvalid("number", () => Request(RawJson.Parse(" -5"), null));
        AssertInvalid("boolean", () => Request(true, TestJson.Default.Boolean));
        AssertInvalid("nothing", () => Request([1], TestJson.Default.Int32Array, serializer: new Scripted("")));
        AssertInvalid("are not JSON", () => Request([1], TestJson.Default.Int32Array, serializer: new Scripted("x")));
    }

    [Fact]
    public void WriteRequest_SerializerThrows_SaysWhatItSaid()
    {
        InvalidParametersException fault =
            AssertInvalid("broken", () => Request([1], TestJson.Default.Int32Array, serializer: new Scripted(null)));
        Assert.IsType<InvalidOperationException>(fault.InnerException);
        Assert.Equal(Written.NotWritten, fault.Written);
    }

    [Fact]
    public void WriteRequest_LongerThanAllowed_SaysHowLong()
    {
        int exact = Request([1, 2], TestJson.Default.Int32Array).Length;
        _ = Request([1, 2], TestJson.Default.Int32Array, max: exact);
        InvalidParametersException fault = AssertInvalid("MaxFrameBytes", () => Request([1, 2], TestJson.Default.Int32Array, max: exact - 1));
        Assert.Contains($"{exact} bytes", fault.Message);
        Assert.Contains($"{exact - 1}", fault.Message);
    }

    [Fact]
    public void WriteRequest_SerializerWritesTooDeep_IsRefusedHere()
    {
        string deepest = new string('[', 64) + new string(']', 64);
        Assert.Contains(deepest, Request([1], TestJson.Default.Int32Array, serializer: new Scripted(deepest)));

        AssertInvalid("64 levels", () => Request([1], TestJson.Default.Int32Array, serializer: new Scripted($"[{deepest}]")));
        var typeInfo = (JsonTypeInfo<object>)new JsonSerializerOptions { MaxDepth = 500, TypeInfoResolver = new DefaultJsonTypeInfoResolver() }.GetTypeInfo(typeof(object));
        AssertInvalid("64 levels", () => Request<object>(Nested(65), typeInfo));
        Assert.Throws<FormatException>(() => RawJson.From<object>(Nested(65), typeInfo));
        Assert.Equal(deepest, RawJson.From<object>(Nested(64), typeInfo).ToString());
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void WriteRequest_JsonInsideAType_CountsWithTheLevelsAroundIt(int levels, bool isSent)
    {
        string json = new string('[', levels) + new string(']', levels);
        // The values that a serializer writes in one piece.
        object[] values = [RawJson.Parse(json), JsonElement.Parse(json), System.Text.Json.Nodes.JsonNode.Parse(json)!];
        var typeInfo = (JsonTypeInfo<object[]>)new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }.GetTypeInfo(typeof(object[]));

        foreach (object value in values)
        {
            if (isSent) Assert.Contains($"[{json}]", Request([value], typeInfo));
            else AssertInvalid("64", () => Request([value], typeInfo));
        }
    }

    private static object[] Nested(int levels) => levels == 1 ? [] : [Nested(levels - 1)];

    private static InvalidParametersException AssertInvalid(string says, Func<string> write)
    {
        InvalidParametersException fault = Assert.Throws<InvalidParametersException>(() => write());
        Assert.True(fault.Message.Contains(says, StringComparison.Ordinal), fault.Message);
        Assert.Contains("'m'", fault.Message);
        Assert.Equal("m", fault.Method);
        return fault;
    }

    private static string Request<T>(T parameters, JsonTypeInfo<T>? typeInfo, long id = 7, int max = Max, IJsonRpcSerializer? serializer = null)
    {
        var buffer = new FrameBuffer();
        RequestWriter.WriteRequest(
            buffer, "m", MethodName.RequestPrefix("m"), id, parameters, typeInfo, serializer ?? SystemTextJsonSerializer.Instance, max);
        return Encoding.UTF8.GetString(buffer.Payload);
    }

    private sealed class Scripted(string? text) : IJsonRpcSerializer
    {
        public void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo) =>
            output.Write(Encoding.UTF8.GetBytes(text ?? throw new InvalidOperationException("broken")));

        public T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo) => default;
    }
}
