using System.Text.Json.Serialization;

namespace Rx.JsonRpc.Tests.Protocol;

public sealed class Person
{
    public string Name { get; set; } = "";

    public int Age { get; set; }

    public List<string>? Tags { get; set; }
}

[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
internal sealed partial class TestJson : JsonSerializerContext;
