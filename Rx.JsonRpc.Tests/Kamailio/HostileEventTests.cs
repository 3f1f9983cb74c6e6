using System.Text;
using Rx.JsonRpc.Kamailio;

namespace Rx.JsonRpc.Tests.Kamailio;

public class HostileEventTests
{
    private const string Front = """{"v":1,"event":"request","index":3,"label":4,"error_route":"ERR","return_route":"OK",""";

    private readonly GatewayInVirtualTime _world = new();
    private readonly List<SuspendedTransaction> _transactions = [];

    public HostileEventTests() => _world.Make().Start().Transactions.Subscribe(_transactions.Add);

    private FakeKamailio Kamailio => _world.Kamailio;

    [Theory]
    [InlineData("\"method\":\"m\",\"params\":\"a\u0001b\"}", "not JSON")]
    [InlineData("\"method\":\"m\",\"params\":\"a\"b\"}", "not JSON")]
    [InlineData("\"method\":\"m\",\"params\":\"a\\\"}", "not JSON")]
    [InlineData("\"method\":\"m\",\"params\":{\"id\":}}", "not JSON")]
    [InlineData("\"method\":\"m\"", "not JSON")]
    [InlineData("\"method\":\"m\"}}", "not JSON")]
    [InlineData("\"method\":\"m\",\"params\":\"{'id': 12\"}", "params is a string that holds no JSON")]
    [InlineData("\"method\":\"m\",\"params\":\"\\ud800\"}", "params is a string that holds no JSON")]
    [InlineData("\"method\":\"\\ud800\"}", "method must be a text")]
    [InlineData("\"method\":\"a\\u0000b\"}", "method must be a text")]
    [InlineData("\"method\":7}", "method must be a text")]
    [InlineData("\"method\":\"\"}", "method is missing")]
    [InlineData("\"params\":[]}", "method is missing")]
    [InlineData("\"method\":\"m\",\"timeout\":0}", "timeout must be an integer in 1..86400000")]
    [InlineData("\"method\":\"m\",\"timeout\":\"soon\"}", "timeout must be an integer")]
    [InlineData("\"method\":\"m\",\"deadline\":-1}", "deadline must be an integer")]
    [InlineData("\"method\":\"m\",\"idempotent\":1}", "idempotent must be true or false")]
    public void Event_Faulty_IsResumedAtItsErrorRouteAndSaysWhy(string rest, string why)
    {
        Kamailio.Relay(Front + rest);
        Assert.Equal("3:4 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains(why, Kamailio.Answer.Error);
        Assert.Empty(_transactions);
        Assert.Equal(EvapiProblem.BadEvent, Assert.Single(_world.Diagnostics).Problem);
        _world.AssertBalanced();
    }

    [Theory]
    [InlineData(new byte[] { 0xe9 })]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xff, 0xfe })]
    [InlineData(new byte[] { 0xe2, 0x98 })]
    public void Event_WithBytesThatAreNotUtf8_IsResumedAtItsErrorRoute(byte[] hostile)
    {
        Kamailio.Relay([.. Encoding.UTF8.GetBytes(Front + "\"method\":\""), .. hostile, .. "\"}"u8]);
        Assert.Equal("3:4 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("not UTF-8", Kamailio.Answer.Error);
    }

    [Fact]
    public void Value_ThatBrokeOutOfItsQuotes_OverwritesNothingInFrontOfIt()
    {
        Kamailio.Relay(Front + """ "method":"get","params":[],"x":"","index":99,"label":98,"return_route":"EVIL","method":"evil","v":2}""");
        SuspendedTransaction transaction = Assert.Single(_transactions);
        Assert.Equal((3u, 4u, "get", "OK"), (transaction.Index, transaction.Label, transaction.Method, transaction.ReturnRoute));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"v":1,"event":"request","index":1,"error_route":"E","return_route":"R","method":"m"}""")]
    [InlineData("""{"v":1,"event":"request","index":-1,"label":4,"error_route":"E","return_route":"R","method":"m"}""")]
    [InlineData("""{"v":1,"event":"request","index":4294967296,"label":4,"error_route":"E","return_route":"R","method":"m"}""")]
    [InlineData("""{"v":1,"event":"request","index":1.5,"label":4,"error_route":"E","return_route":"R","method":"m"}""")]
    public void Event_ThatNamesNoTransaction_IsDroppedAndTold(string text)
    {
        Kamailio.Relay(text);
        Assert.Empty(Kamailio.Answers);
        Assert.Equal(EvapiProblem.Unreadable, Assert.Single(_world.Diagnostics).Problem);
        Kamailio.Request();
        Assert.Single(_transactions);
    }

    [Fact]
    public void Event_OfAnotherVersion_IsResumedAtItsErrorRoute()
    {
        Kamailio.Relay("""{"v":2,"index":1,"label":2,"error_route":"ERR","event":"request","method":"m","return_route":"OK"}""");
        Assert.Equal("1:2 ERR failure failure", Kamailio.Answer.ToString());
        Assert.Contains("v must be an integer in 1..1", Kamailio.Answer.Error);
    }

    [Fact]
    public void Event_WithoutErrorRoute_IsResumedWithNone()
    {
        Kamailio.Relay("""{"index":"1","label":"2","event":"request","method":"m"}""");
        Assert.Equal("1:2  failure failure", Kamailio.Answer.ToString());
    }

    [Fact]
    public void Event_WithEverything_IsRead()
    {
        string text = Front + """ "future":{"a":[1]},"method":"m","params":{"p":"}"},"servers":"s","timeout":250,"idempotent":true,"details":true}""";
        Kamailio.Relay(text);
        SuspendedTransaction transaction = Assert.Single(_transactions);
        Assert.Equal(("""{"p":"}"}""", "s", true, true), (transaction.Parameters.ToString(), transaction.Pool, transaction.Idempotent, transaction.Details));
        Assert.Equal(text, transaction.Event.ToString());
        Assert.Equal(_world.Time.Clock.Now.AddMilliseconds(250), transaction.Deadline);
        Assert.Equal(Kamailio.EndPoint, transaction.Socket);
    }

    [Fact]
    public void Event_CutAnywhere_NeverBreaksTheGateway()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Front + "\"method\":\"m\\u00e9é\",\"params\":{\"a\":[1,\"é\"]},\"servers\":\"s\"}");
        for (int length = 0; length < whole.Length; length++) Kamailio.Relay(whole[..length]);
        Assert.Empty(_transactions);
        Assert.Equal(whole.Length, _world.Diagnostics.Count);
        // Index, label and the error route were whole by then.
        Assert.All(Kamailio.Answers.TakeLast(whole.Length - Front.Length), answer => Assert.Equal("3:4 ERR failure failure", answer.ToString()));
        Kamailio.Relay(whole);
        Assert.Equal("méé", Assert.Single(_transactions).Method);
        Assert.Single(Kamailio.Accepted);
    }
}
