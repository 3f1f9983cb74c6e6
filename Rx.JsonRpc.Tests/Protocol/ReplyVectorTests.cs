using System.Buffers;
using System.Text;
using System.Text.Json;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class ReplyVectorTests
{
    private const long OurId = 7;
    private const int Small = 2000;

    public static TheoryData<string> Names => [.. Vectors.Keys];

    private static Dictionary<string, JsonElement> Vectors { get; } = WireVectors.Read("replies.jsonl").ToDictionary(WireVectors.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_VectorInOneSegment_IsWhatItSays(string name) => Check(name, new ReadOnlySequence<byte>(Vectors[name].Bytes()));

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_VectorCutAnywhere_IsTheSame(string name)
    {
        byte[] bytes = Vectors[name].Bytes();
        int step = bytes.Length <= Small ? 1 : bytes.Length / 5;
        for (int cut = 0; cut <= bytes.Length; cut += step) Check(name, Segments.CutAt(bytes, cut));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_SmallVectorByteByByte_IsTheSame(string name)
    {
        byte[] bytes = Vectors[name].Bytes();
        if (bytes.Length <= Small) Check(name, Segments.EachByte(bytes));
    }

    private static void Check(string name, in ReadOnlySequence<byte> frame)
    {
        JsonElement vector = Vectors[name];
        List<Seen> all = Seen.In(frame);
        Seen? ours = all.SingleOrDefault(seen => seen.Kind is EnvelopeKind.Result or EnvelopeKind.Error && seen.Id == OurId);
        switch (vector.Text("expect"))
        {
            case "result":
                Assert.Equal((EnvelopeKind.Result, vector.Text("result")), (ours?.Kind, ours?.Value));
                break;
            case "error":
                Assert.Equal(EnvelopeKind.Error, ours?.Kind);
                CheckError(vector, ours!.Value);
                break;
            case "ignored-or-error":
                Assert.NotEqual(EnvelopeKind.Result, ours?.Kind);
                break;
            case "ignored":
                Assert.Null(ours);
                break;
            case "push":
                Assert.Equal(new Seen(EnvelopeKind.Notification, -1, "", vector.Text("params") ?? "", vector.Text("method")), Assert.Single(all));
                break;
            case "call":
                Assert.Equal((EnvelopeKind.Call, vector.Text("method")), (Assert.Single(all).Kind, all[0].Method));
                break;
            default:
                Assert.Fail($"the vector '{name}' expects something unknown");
                break;
        }
    }

    private static void CheckError(JsonElement vector, string json)
    {
        JsonRpcError error = ErrorReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), strict: false, out _)!;
        Assert.Equal(vector.TryGetProperty("code", out JsonElement code) ? code.GetInt32() : 0, error.Code);
        Assert.Equal(vector.Text("message") ?? "", error.Message);
        Assert.Equal(vector.Text("data") ?? "", error.Data.ToString());
        Assert.Equal(json, error.Received.ToString());
    }
}
