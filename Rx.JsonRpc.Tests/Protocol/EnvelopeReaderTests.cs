using System.Buffers;
using System.Text;
using Rx.JsonRpc.Protocol;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Protocol;

public class EnvelopeReaderTests
{
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":7}""", "Result", "Result")]
    [InlineData("""{"jsonrpc":"2\u002e0","result":1,"id":7}""", "Result", "Result")]
    [InlineData("""{"result":1,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"1.0","result":1,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":2.0,"result":1,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":null,"id":7}""", "Result", "Result")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":null,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":null,"error":null,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":false,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":null,"error":false,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","error":false,"id":7}""", "Invalid", "Error")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":0,"id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","error":false,"id":7}""", "Call", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":"7"}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":7.0}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"result":1,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"id":7,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":"7"}""", "Call", "Call")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":7.0}""", "Call", "Call")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":7,"id":7}""", "Call", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":null,"error":{},"id":7}""", "Error", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":1,"error":{},"id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","error":{"code":1},"id":7}""", "Error", "Error")]
    [InlineData("""{"jsonrpc":"2.0","error":null,"id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","error":5,"id":7}""", "Error", "Error")]
    [InlineData("""{"jsonrpc":"2.0","id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":null,"params":null,"result":1,"error":null,"id":7}""", "Result", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","result":1,"id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":7}""", "Call", "Call")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":null}""", "Call", "Call")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":{}}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","id":true}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":[]}""", "Notification", "Notification")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":{}}""", "Notification", "Notification")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":1}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":null,"id":1}""", "Call", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":null}""", "Notification", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"m","params":1,"id":1}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":1,"id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800","id":7}""", "Invalid", "Invalid")]
    [InlineData("""{"method":"m"}""", "Notification", "Invalid")]
    [InlineData("""{"jsonrpc":"2.0","result":"\ud800","\ud800":1,"id":7}""", "Result", "Result")]
    [InlineData("""{}""", "Invalid", "Invalid")]
    [InlineData("""null""", "Invalid", "Invalid")]
    [InlineData(""" 7 """, "Invalid", "Invalid")]
    [InlineData("""[]""", "Invalid", "Invalid")]
    [InlineData("", "NotJson", "NotJson")]
    [InlineData("  ", "NotJson", "NotJson")]
    [InlineData("""{"result":1,"id":7}x""", "NotJson", "NotJson")]
    [InlineData("""{"result":1,"id":7}{}""", "NotJson", "NotJson")]
    [InlineData("""{"result":1,"id":7} []""", "NotJson", "NotJson")]
    [InlineData("""{"result":1,"id":7,}""", "NotJson", "NotJson")]
    [InlineData("""{"result":01,"id":7}""", "NotJson", "NotJson")]
    [InlineData("""/**/{"result":1,"id":7}""", "NotJson", "NotJson")]
    [InlineData("""[{"result":1,"id":7},{"result":2,"id":8]""", "NotJson", "NotJson")]
    [InlineData("""[{"result":1,"id":7}]x""", "NotJson", "NotJson")]
    [InlineData("\uFEFF{\"result\":1,\"id\":7}", "NotJson", "NotJson")]
    public void TryRead_OneMessage_IsOfThisKind(string frame, string kind, string strictKind)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(frame);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(kind, Assert.Single(Seen.In(Segments.CutAt(bytes, cut))).Kind.ToString());
            Assert.Equal(strictKind, Assert.Single(Seen.In(Segments.CutAt(bytes, cut), strict: true)).Kind.ToString());
        }
    }

    [Fact]
    public void TryRead_Call_SlicesIdAndParametersUntouched() =>
        Assert.Equal(
            [new Seen(EnvelopeKind.Call, -1, "\"\\u0073-1\"", """{ "a" : [1, 2] }""", "naïve")],
            Seen.In("""{"params": { "a" : [1, 2] } ,"id": "\u0073-1" ,"method":"na\u00efve"}"""));

    [Fact]
    public void TryRead_InvalidMessage_KeepsAnIdThatMayBeEchoed()
    {
        Assert.Equal([new Seen(EnvelopeKind.Invalid, -1, "\"x\"", "", null)], Seen.In("""{"id":"x"}"""));
        Assert.Equal([new Seen(EnvelopeKind.Invalid, -1, "", "", null)], Seen.In("""{"id":["x"]}"""));
    }

    [Fact]
    public void TryRead_Twins_TheLastCounts() =>
        Assert.Equal([new Seen(EnvelopeKind.Result, 8, "8", "2", null)], Seen.In("""{"result":1,"id":7,"error":{},"error":null,"result":2,"id":8}"""));

    [Fact]
    public void TryRead_Batch_GivesEachElementInTurn()
    {
        const string frame = """ [{"id":1,"result":"a"}, 5,[{"id":2,"result":0}],{"method":"m"}, {"error":{"code":3},"id":4} ] """;
        Assert.Equal(
            [
                new Seen(EnvelopeKind.Result, 1, "1", "\"a\"", null),
                new Seen(EnvelopeKind.Invalid, -1, "", "", null),
                new Seen(EnvelopeKind.Invalid, -1, "", "", null),
                new Seen(EnvelopeKind.Notification, -1, "", "", "m"),
                new Seen(EnvelopeKind.Error, 4, "4", """{"code":3}""", null),
            ],
            Seen.In(frame));
        Assert.Equal(Seen.In(frame), Seen.In(Segments.EachByte(Encoding.UTF8.GetBytes(frame))));
    }

    [Theory]
    [InlineData("[]", true, true)]
    [InlineData(" [ ] ", true, true)]
    [InlineData("[1]", true, false)]
    [InlineData("{}", false, false)]
    [InlineData("[", false, false)]
    [InlineData("", false, false)]
    public void IsBatch_BeforeTheFirstMessage_IsKnown(string frame, bool isBatch, bool isEmptyBatch)
    {
        var reader = new EnvelopeReader(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(frame)), strict: false);
        Assert.Equal((isBatch, isEmptyBatch), (reader.IsBatch, reader.IsEmptyBatch));
    }

    [Theory]
    [InlineData("{\"result\":DEEP,\"id\":7}", "Result")]
    [InlineData("{\"error\":{\"data\":DEEP},\"id\":7}", "Error")]
    [InlineData("{\"method\":\"m\",\"params\":DEEP,\"id\":7}", "Call")]
    [InlineData("{\"method\":\"m\",\"params\":DEEP}", "Notification")]
    public void TryRead_Depth_IsBoundedByTheValueAlone(string message, string kind)
    {
        foreach (string frame in new[] { message, $" [{message}] " })
        {
            Assert.Equal(kind, Assert.Single(Seen.In(frame.Replace("DEEP", Deep(64)))).Kind.ToString());
            Assert.Equal(kind, Assert.Single(Seen.In(Segments.EachByte(Encoding.UTF8.GetBytes(frame.Replace("DEEP", Deep(64)))))).Kind.ToString());
            Assert.True(Assert.Single(Seen.In(frame.Replace("DEEP", Deep(65)))).Kind is EnvelopeKind.Invalid or EnvelopeKind.NotJson);
            Assert.Equal(EnvelopeKind.NotJson, Assert.Single(Seen.In(frame.Replace("DEEP", Deep(70)))).Kind);
        }
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    [InlineData("9007199254740991", 9007199254740991)]
    [InlineData("9007199254740992", -1)]
    [InlineData("18446744073709551623", -1)]
    [InlineData("7.0", 7)]
    [InlineData("7.000000000000000000000000000000000000000000000000", 7)]
    [InlineData("7.000000000000000000000000000000000000000000000001", -1)]
    [InlineData("9007199254740991.0", 9007199254740991)]
    [InlineData("7e0", 7)]
    [InlineData("7E+0", 7)]
    [InlineData("70e-1", 7)]
    [InlineData("0.7e1", 7)]
    [InlineData("0.07e+02", 7)]
    [InlineData("1e3", 1000)]
    [InlineData("10e15", -1)]
    [InlineData("9e15", 9_000_000_000_000_000)]
    [InlineData("1e99999999999", -1)]
    [InlineData("1e-99999999999", -1)]
    [InlineData("7e9999", -1)]
    [InlineData("0e9", 0)]
    [InlineData("0.0", 0)]
    [InlineData("7.5", -1)]
    [InlineData("75e-1", -1)]
    [InlineData("-7", -1)]
    [InlineData("-0", -1)]
    [InlineData("\"7\"", 7)]
    [InlineData("\"\\u0037\"", 7)]
    [InlineData("\"\\ud800\"", -1)]
    [InlineData("\"07\"", -1)]
    [InlineData("\"7.0\"", -1)]
    [InlineData("\" 7\"", -1)]
    [InlineData("\"\"", -1)]
    [InlineData("null", -1)]
    [InlineData("true", -1)]
    [InlineData("{\"a\":7}", -1)]
    [InlineData("[7]", -1)]
    public void TryRead_Id_IsTheIntegerThatItMeans(string id, long expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($$"""{"id":{{id}},"result":1}""");
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Seen seen = Assert.Single(Seen.In(Segments.CutAt(bytes, cut)));
            Assert.Equal((EnvelopeKind.Result, expected), (seen.Kind, seen.Id));
        }
    }

    [Fact]
    public void TryRead_EndlessId_IsNotOurs()
    {
        string zeros = new('0', 5000);
        Assert.Equal(-1, Assert.Single(Seen.In($$"""{"id":7.{{zeros}},"result":1}""")).Id);
        Assert.Equal(-1, Assert.Single(Seen.In(Segments.EachByte(Encoding.UTF8.GetBytes($$"""{"id":"{{zeros}}","result":1}""")))).Id);
    }

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);
}
