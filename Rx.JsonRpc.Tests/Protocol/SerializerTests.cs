using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class SerializerTests
{
    public static TheoryData<string> Names => ["System.Text.Json", "Newtonsoft.Json"];

    [Theory]
    [MemberData(nameof(Names))]
    public void WriteAndRead_ThroughARequest_GivesTheSameBack(string name)
    {
        IJsonRpcSerializer serializer = name == "Newtonsoft.Json" ? new NewtonsoftSerializer() : SystemTextJsonSerializer.Instance;
        var ada = new Person { Name = "Ada \"é\" 😀", Age = 36, Tags = ["x", "y"] };
        var buffer = new FrameBuffer();
        RequestWriter.WriteRequest(buffer, "add", MethodName.RequestPrefix("add"), 7, ada, TestJson.Default.Person, serializer, 1000);
        byte[] payload = buffer.Payload.ToArray();
        for (int cut = 0; cut <= payload.Length; cut++)
        {
            var reader = new EnvelopeReader(Segments.CutAt(payload, cut), strict: true);
            Assert.True(reader.TryRead(out Envelope call));
            Assert.Equal((EnvelopeKind.Call, "add", 7), (call.Kind, call.Method, call.Id));
            Person back = serializer.Read(call.Value, TestJson.Default.Person)!;
            Assert.Equal((ada.Name, ada.Age), (back.Name, back.Age));
            Assert.Equal(ada.Tags, back.Tags);
        }
    }

    [Fact]
    public void Read_Null_IsNull() =>
        Assert.Null(SystemTextJsonSerializer.Instance.Read(new ReadOnlySequence<byte>("null"u8.ToArray()), TestJson.Default.Person));

    [Fact]
    public void Read_JsonThatDoesNotFit_ThrowsWhatTheLibraryThrows()
    {
        byte[] json = """{"Age":"old"}"""u8.ToArray();
        Assert.Throws<JsonException>(() => SystemTextJsonSerializer.Instance.Read(new ReadOnlySequence<byte>(json), TestJson.Default.Person));
        Assert.Throws<JsonException>(() => SystemTextJsonSerializer.Instance.Read(Segments.EachByte(json), TestJson.Default.Person));
    }

    [Fact]
    public void Write_EncoderOfTheOptions_IsUsed()
    {
        var relaxed = new TestJson(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.Equal("\"\\u00E9\"", Written("é", TestJson.Default.String));
        Assert.Equal("\"é\"", Written("é", relaxed.String));
        Assert.Equal("\"\\u00E9\"", Written("é", TestJson.Default.String));
    }

    [Fact]
    public void Write_ConverterThatWritesAnotherRequest_KeepsBothApart()
    {
        var typeInfo = (JsonTypeInfo<Person>)new JsonSerializerOptions
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new SendingConverter() },
        }.GetTypeInfo(typeof(Person));
        string inner = """{"Name":"inner","Age":1,"Tags":null}""";
        Assert.Equal($$"""{"sent":{{inner}}}""", Written(new Person { Name = "outer" }, typeInfo));
    }

    [Fact]
    public void Write_AfterAConverterThrew_BeginsAfresh()
    {
        var typeInfo = (JsonTypeInfo<Person>)new JsonSerializerOptions
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            Converters = { new ThrowingConverter() },
        }.GetTypeInfo(typeof(Person));
        Assert.Throws<NotSupportedException>(() => Written(new Person(), typeInfo));
        Assert.Equal("[1]", Written([1], TestJson.Default.Int32Array));
    }

    private static string Written<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        FrameBuffer buffer = FrameBuffer.Rent();
        SystemTextJsonSerializer.Instance.Write(buffer, value, typeInfo);
        string text = Encoding.UTF8.GetString(buffer.Payload);
        FrameBuffer.Return(buffer);
        return text;
    }

    private sealed class SendingConverter : JsonConverter<Person>
    {
        public override Person? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => null;

        public override void Write(Utf8JsonWriter writer, Person value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("sent");
            writer.WriteRawValue(Written(new Person { Name = "inner", Age = 1 }, TestJson.Default.Person));
            writer.WriteEndObject();
        }
    }

    private sealed class ThrowingConverter : JsonConverter<Person>
    {
        public override Person? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => null;

        public override void Write(Utf8JsonWriter writer, Person value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            throw new NotSupportedException("no");
        }
    }
}
