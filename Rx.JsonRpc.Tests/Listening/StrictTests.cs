using System.Buffers;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Rx.JsonRpc.Protocol;

namespace Rx.JsonRpc.Tests.Listening;

/// <summary>What the listener tolerates of its peers without Strict: the rows of docs/protocol.md.</summary>
public class StrictTests
{
    [Theory]
    [InlineData("""{"method":"m","id":1}""")]
    [InlineData("""{"jsonrpc":"1.0","method":"m","id":1}""")]
    [InlineData("""{"jsonrpc":2.0,"method":"m","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":null,"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","result":null,"error":null,"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","error":false,"id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","method":"m","id":2,"id":1}""")]
    public void Call_NotToTheLetter_IsTakenUnlessStrict(string call)
    {
        Assert.Equal(ProtocolTests.Reply("null", "1"), Listening(strict: false).Connect().Ask(call));
        Assert.Equal($"[{ProtocolTests.Reply("null", "1")}]", Listening(strict: false).Connect().Ask($"[{call}]"));

        Host host = Listening(strict: true);
        Assert.Contains("-32600", host.Connect().Ask(call));
        Assert.EndsWith("\"id\":1}]", host.Connect().Ask($"[{call}]"));
        Assert.Equal(2, host.Listener.Counters.BadMessages);
        Assert.Equal(0, host.Listener.Counters.Calls);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"one\"")]
    [InlineData("1.0")]
    [InlineData("null")]
    public void Call_ToTheLetter_IsTakenWhenStrictWithAnyId(string id) =>
        Assert.Equal(
            ProtocolTests.Reply("[1]", id),
            Listening(strict: true).Connect().Ask($$""" { "jsonrpc" : "2.0", "method" : "m", "params" : [1], "id" : {{id}}, "more" : 1 } """));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Call_Depth_CarriesWhatRawJsonAcceptsAndNoMore(int depth, bool carried)
    {
        string deep = new string('[', depth) + new string(']', depth);
        string call = $$"""{"jsonrpc":"2.0","method":"m","params":{{deep}},"id":1}""";

        string one = Listening(strict: false).Connect().Ask(call)!;
        string batch = Listening(strict: false).Connect().Ask($"[{call}]")!;

        Assert.Equal(carried, one == ProtocolTests.Reply(deep, "1"));
        Assert.Equal(carried, batch == $"[{ProtocolTests.Reply(deep, "1")}]");
    }

    [Fact]
    public void Result_SerializerWritesTooDeep_IsTheHandlersFault()
    {
        var nest = Method<int[], string>.Create("m");
        Host host = Host.With(new MethodTable().On(nest, _ => "x"), new JsonRpcListenerOptions { Serializer = new TooDeep() });

        Assert.Contains("-32603", host.Connect().Ask("""{"method":"m","params":[1],"id":1}"""));
        Assert.Single(host.Failures);
    }

    private sealed class TooDeep : IJsonRpcSerializer
    {
        public void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo) =>
            output.Write(Encoding.UTF8.GetBytes(new string('[', 65) + new string(']', 65)));

        public T? Read<T>(in ReadOnlySequence<byte> json, JsonTypeInfo<T> typeInfo) => SystemTextJsonSerializer.Instance.Read(json, typeInfo);
    }

    private static Host Listening(bool strict) => Host.Echoing(new JsonRpcListenerOptions { Strict = strict });
}
