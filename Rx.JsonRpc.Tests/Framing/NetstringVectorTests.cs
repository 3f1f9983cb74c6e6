using System.Buffers;
using System.Text.Json;
using Rx.JsonRpc.Framing;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Framing;

public class NetstringVectorTests
{
    public static TheoryData<string> Names => [.. Vectors.Keys];

    private static Dictionary<string, JsonElement> Vectors { get; } = WireVectors.Read("netstrings.jsonl").ToDictionary(WireVectors.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_VectorInOneSegment_GivesItsFramesAndEnd(string name) =>
        Assert.Equal(Expected(name), Drain(new ReadOnlySequence<byte>(Vectors[name].Bytes()), Max(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_VectorCutAnywhere_GivesTheSame(string name)
    {
        byte[] bytes = Vectors[name].Bytes();
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Expected(name), Drain(Segments.CutAt(bytes, cut), Max(name)));
        }
        Assert.Equal(Expected(name), Drain(Segments.EachByte(bytes), Max(name)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_VectorFedByteByByte_GivesTheSame(string name)
    {
        byte[] bytes = Vectors[name].Bytes();
        var story = new List<string>();
        string end = "open";
        int start = 0;
        for (int fed = 1; fed <= bytes.Length && end != "violation"; fed++)
        {
            List<string> more = Drain(Segments.EachByte(bytes[start..fed]), Max(name));
            end = more[^1];
            more.RemoveAt(more.Count - 1);
            story.AddRange(more);
            if (end == "open") start = fed;
        }
        Assert.Equal(Expected(name), [.. story, end]);
    }

    private static int Max(string name) => Vectors[name].GetProperty("max").GetInt32();

    private static List<string> Expected(string name) =>
        [.. Vectors[name].GetProperty("frames").EnumerateArray().Select(frame => frame.GetString()!), Vectors[name].Text("end")!];

    private static List<string> Drain(ReadOnlySequence<byte> buffer, int max)
    {
        var story = new List<string>();
        while (true)
        {
            ReadOnlySequence<byte> before = buffer;
            NetstringStatus status = NetstringReader.Read(ref buffer, max, out ReadOnlySequence<byte> payload, out NetstringViolation violation);
            Assert.Equal(status == NetstringStatus.Violation, violation.Fault != NetstringFault.None);
            if (status == NetstringStatus.Frame)
            {
                story.Add(Convert.ToHexStringLower(payload.ToArray()));
                continue;
            }
            Assert.Equal((before.Start, before.End), (buffer.Start, buffer.End));
            Assert.True(payload.IsEmpty);
            story.Add(status == NetstringStatus.Violation ? "violation" : buffer.IsEmpty ? "open" : "partial");
            return story;
        }
    }
}
