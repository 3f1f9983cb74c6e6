using System.Net;
using System.Text;
using Rx.JsonRpc.Testing;

namespace Rx.JsonRpc.Tests.Recording;

public class AttemptLogTests
{
    private const string Head = """{"at":"2026-01-31T12:00:00Z","method":"m","took":1,"outcome":"result","attempts":""";
    private const string Minimal = Head + "[]}";

    private static readonly ServerAddress Place = new(new IPEndPoint(IPAddress.Loopback, 9999), 2, 3);

    [Fact]
    public void Write_ARequest_IsTheDocumentedLine() => Assert.Equal(
        """{"at":"2026-01-31T12:00:00.25Z","method":"get_user","idempotent":true,"took":312.5,"outcome":"error","attempts":[{"server":"127.0.0.1:9999","priority":2,"weight":3,"after":0,"took":300.0001,"end":"timeout","written":true,"connected":true},{"server":"memory:b","after":300,"took":12.5,"end":"error","code":-32000,"written":true,"connected":true}]}""" + "\n",
        Text(Example()));

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        RequestRecord read = Assert.Single(Read(Text(Example())));

        Assert.Equal(Example() with { Attempts = read.Attempts }, read);
        Assert.Equal(Text(Example()), Text(read));
        Assert.Equal(Place, read.Attempts[0].Server);
        Assert.Equal(3_000_001, read.Attempts[0].Took.Ticks);
    }

    [Fact]
    public void Read_ARefusal_IsTheSameAsItWasWritten()
    {
        var attempt = new Attempt { Server = Place, End = AttemptEnd.Refused, ErrorCode = JsonRpcError.NotExecuted, Connected = true };

        string line = Text(Example() with { Attempts = [attempt] });

        Assert.Contains("\"end\":\"refused\",\"code\":-32090,\"written\":false", line);
        Attempt read = Assert.Single(Assert.Single(Read(line)).Attempts);
        Assert.Equal((attempt.End, attempt.ErrorCode, Written.NotWritten), (read.End, read.ErrorCode, read.Written));
    }

    [Fact]
    public void Write_Messages_AreLeftOut()
    {
        var attempt = new Attempt { Server = Place, End = AttemptEnd.Error, Reason = "secret" };

        string text = Text(Example() with { Attempts = [attempt] });

        Assert.Contains("\"server\":\"127.0.0.1:9999\"", text);
        Assert.DoesNotContain("secret", text);
    }

    [Fact]
    public void Read_ByteOrderMark_IsPassedOverAtTheBeginningAlone()
    {
        Assert.Equal(2, Read($"\uFEFF{Minimal}\n{Minimal}").Count);
        Assert.Empty(Read("\uFEFF"));
        Assert.Contains("line 2", Assert.Throws<FormatException>(() => Read($"{Minimal}\n\uFEFF{Minimal}")).Message);
    }

    [Fact]
    public void Read_EmptyLinesAndMissingLastEnd_ArePassedOver() => Assert.Equal(2, Read($"\n{Minimal}\r\n  \n{Minimal}").Count);

    [Fact]
    public void Read_LinesLongerThanTheBuffer_AreWhole()
    {
        string line = $$"""{"later":"{{new string('x', 50_000)}}",{{Minimal[1..]}}""";

        Assert.Equal(3, Read($"{line}\n{Minimal}\n{line}\n").Count);
    }

    [Theory]
    [InlineData("not a JSON object", "{")]
    [InlineData("not a JSON object", "at=1")]
    [InlineData("something follows", Minimal + " {}")]
    [InlineData("array", "[]")]
    [InlineData("method is missing", """{"at":"2026-01-31T12:00:00Z"}""")]
    [InlineData("attempts is the number 1", Head + "1}")]
    [InlineData("outcome is 'good'", """{"at":"2026-01-31T12:00:00Z","method":"m","took":1,"outcome":"good","attempts":[]}""")]
    [InlineData("took is -1", """{"at":"2026-01-31T12:00:00Z","method":"m","took":-1,"outcome":"result","attempts":[]}""")]
    [InlineData("at is 'noon'", """{"at":"noon","method":"m","took":1,"outcome":"result","attempts":[]}""")]
    [InlineData("half a surrogate", """{"at":"2026-01-31T12:00:00Z","method":"\ud800","took":1,"outcome":"result","attempts":[]}""")]
    [InlineData("attempt 1: is the number 7", Head + "[7]}")]
    [InlineData("attempt 1: end is 'bad'", Head + """[{"end":"bad"}]}""")]
    [InlineData("attempt 1: server is missing", Head + """[{"end":"lost"}]}""")]
    [InlineData("attempt 1: server is empty", Head + """[{"server":"","after":0,"took":0,"end":"lost"}]}""")]
    [InlineData("attempt 1: weight is 0", Head + """[{"server":"a:1","weight":0,"after":0,"took":0,"end":"lost"}]}""")]
    [InlineData("attempt 1: code is the number 1.5", Head + """[{"server":"a:1","code":1.5,"after":0,"took":0,"end":"error"}]}""")]
    [InlineData("attempt 1: written is a string", Head + """[{"server":"a:1","written":"yes","after":0,"took":0,"end":"error"}]}""")]
    public void Read_FaultyLine_IsNamedWithWhatIsWrong(string expected, string line)
    {
        string message = Assert.Throws<FormatException>(() => Read($"{Minimal}\n\n{line}\n")).Message;

        Assert.StartsWith("line 3: ", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void Read_AFileWithoutLineEnds_IsGivenUp()
    {
        using var endless = new MemoryStream(new byte[4 * 1024 * 1024]);

        string message = Assert.Throws<FormatException>(() => AttemptLog.Read(endless).ToList()).Message;

        Assert.StartsWith("line 1: ", message);
        Assert.Contains("1048576", message);
        Assert.True(endless.Position < 3 * 1024 * 1024);
    }

    private static RequestRecord Example() => new(
        "get_user", true, new DateTimeOffset(2026, 1, 31, 12, 0, 0, 250, TimeSpan.Zero), TimeSpan.FromMilliseconds(312.5), OutcomeKind.Error,
        [
            new Attempt
            {
                Server = Place, Took = TimeSpan.FromTicks(3_000_001), End = AttemptEnd.TimedOut, Written = Written.MaybeExecuted, Connected = true,
            },
            new Attempt
            {
                Server = new ServerAddress(new InMemoryEndPoint("b")),
                StartedAfter = TimeSpan.FromMilliseconds(300),
                Took = TimeSpan.FromMilliseconds(12.5),
                End = AttemptEnd.Error,
                ErrorCode = -32000,
                Written = Written.MaybeExecuted,
                Connected = true,
            },
        ]);

    private static string Text(RequestRecord record)
    {
        using var stream = new MemoryStream();
        AttemptLog.Write(stream, record);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static List<RequestRecord> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return [.. AttemptLog.Read(stream)];
    }
}
