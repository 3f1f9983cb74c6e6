using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.JsonRpc.Tests.Protocol;
using static Rx.JsonRpc.Tests.Listening.ProtocolTests;

namespace Rx.JsonRpc.Tests.Listening;

public class MethodTableTests
{
    private static readonly Method<int[], int> Sum = new("sum", TestJson.Default.Int32Array, TestJson.Default.Int32);
    private static readonly Method<Person, string> Name = new("name", TestJson.Default.Person, TestJson.Default.String);

    [Fact]
    public void On_EachForm_Answers()
    {
        MethodTable methods = new MethodTable()
            .On(Sum, numbers => numbers.Sum())
            .On(Name, (person, _) => ValueTask.FromResult(person.Name))
            .On("raw", parameters => parameters)
            .On("later", async (parameters, _) =>
            {
                await Task.CompletedTask;
                return parameters;
            })
            .On("first", parameters => Observable.Return(parameters).Concat(Observable.Never<RawJson>()));
        RawPeer peer = Host.With(methods).Connect();

        Assert.Equal(Reply("6", "1"), peer.Ask("""{"method":"sum","params":[1,2,3],"id":1}"""));
        Assert.Equal(Reply("\"Ann\"", "2"), peer.Ask("""{"method":"name","params":{"Name":"Ann"},"id":2}"""));
        Assert.Equal(Reply("null", "3"), peer.Ask("""{"method":"raw","id":3}"""));
        Assert.Equal(Reply("[ 1 ]", "4"), peer.Ask("""{"method":"later","params":[ 1 ],"id":4}"""));
        Assert.Equal(Reply("[1]", "5"), peer.Ask("""{"method":"first","params":[1],"id":5}"""));
    }

    [Fact]
    public void On_SameNameTwice_Rejected()
    {
        MethodTable methods = new MethodTable().On(Sum, numbers => numbers.Sum());

        Assert.Contains("'sum'", Assert.Throws<ArgumentException>(() => methods.On("sum", parameters => parameters)).Message);
        Assert.Throws<ArgumentException>(() => methods.On("", parameters => parameters));
        methods.On("Sum", parameters => parameters).On("rpc.discover", parameters => parameters);
    }

    [Fact]
    public void UnknownMethod_GoesToCallsOrIsNotFound()
    {
        var host = new Host();
        IDisposable calls = host.Listener.Calls.Subscribe(call => call.TryAnswer(RawJson.Parse("\"calls\"")));
        host.Listener.Start(new MethodTable().On("known", _ => RawJson.Parse("\"table\"")));
        RawPeer peer = host.Connect();

        Assert.Equal(Reply("\"table\"", "1"), peer.Ask("""{"method":"known","id":1}"""));
        Assert.Equal(Reply("\"calls\"", "2"), peer.Ask("""{"method":"unknown","id":2}"""));
        calls.Dispose();
        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":3}""", peer.Ask("""{"method":"unknown","id":3}"""));
    }

    [Theory]
    [InlineData("""{"method":"sum","params":["a"],"id":1}""")]
    [InlineData("""{"method":"sum","params":{},"id":1}""")]
    [InlineData("""{"method":"sum","id":1}""")]
    public void Parameters_ThatDoNotFit_InvalidParams(string call)
    {
        int called = 0;
        Host host = Host.With(new MethodTable().On(Sum, _ => ++called));

        Assert.Equal("""{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"},"id":1}""", host.Connect().Ask(call));
        Assert.Equal(0, called);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public void Parameters_Missing_FitANullableValue()
    {
        var optional = new Method<int?, string>("o", OptionalJson.Default.NullableInt32, TestJson.Default.String);
        RawPeer peer = Host.With(new MethodTable().On(optional, value => value is null ? "none" : "some")).Connect();

        Assert.Equal(Reply("\"none\"", "1"), peer.Ask("""{"method":"o","id":1}"""));
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("async")]
    [InlineData("late")]
    [InlineData("make")]
    [InlineData("observed")]
    [InlineData("empty")]
    public void Handler_Fails_InternalErrorWithoutText(string method)
    {
        Host host = Host.With(Failing(new InvalidOperationException("secret \ud800")));

        Assert.Equal(
            """{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":1}""",
            host.Connect().Ask($$"""{"method":"{{method}}","id":1}"""));
        Assert.Equal([method], host.Failures.Select(failure => failure.Where));
        Assert.IsType<InvalidOperationException>(host.Failures[0].Exception);
        Assert.Equal(1, host.Listener.Counters.Failures);
    }

    [Fact]
    public void Handler_FailsAndMayShowIt_MessageIsTheData()
    {
        Host host = Host.With(Failing(new InvalidOperationException("say \"why\" \ud800")), new() { ShowHandlerErrors = true });

        string reply = host.Connect().Ask("""{"method":"direct","id":1}""")!;

        Assert.Equal("say \"why\" \ufffd", System.Text.Json.JsonElement.Parse(reply).GetProperty("error").GetProperty("data").GetString());
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("async")]
    [InlineData("late")]
    [InlineData("make")]
    [InlineData("observed")]
    public void Handler_ChoosesAnError_ThatErrorAndNoFailure(string method)
    {
        var chosen = new JsonRpcError(404, "no such user", RawJson.Parse("""{"user":"x"}"""));
        Host host = Host.With(Failing(new ErrorReplyException(chosen)));

        Assert.Equal(
            """{"jsonrpc":"2.0","error":{"code":404,"message":"no such user","data":{"user":"x"}},"id":1}""",
            host.Connect().Ask($$"""{"method":"{{method}}","id":1}"""));
        Assert.Empty(host.Failures);
    }

    [Fact]
    public void Observable_FirstValue_UnsubscribesTheRest()
    {
        var source = new Subject<RawJson>();
        RawPeer peer = Host.With(new MethodTable().On("s", _ => source)).Connect().Send("""{"method":"s","id":1}""");
        Assert.True(source.HasObservers);

        source.OnNext(RawJson.Parse("1"));

        Assert.False(source.HasObservers);
        Assert.Equal(Reply("1", "1"), peer.Read());
    }

    [Fact]
    public void Peer_Disconnects_CancelsAndUnsubscribes()
    {
        var source = new Subject<RawJson>();
        CancellationToken token = default;
        MethodTable methods = new MethodTable().On("s", _ => source).On("t", async (_, cancellationToken) =>
        {
            token = cancellationToken;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        });
        Host host = Host.With(methods);
        RawPeer peer = host.Connect().Send("""{"method":"s","id":1}""").Send("""{"method":"t","id":2}""");
        Assert.False(token.IsCancellationRequested);

        peer.Reset();

        Assert.True(token.IsCancellationRequested);
        Assert.False(source.HasObservers);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public void Handler_Waits_NextCallGoesOn()
    {
        var answer = new TaskCompletionSource<RawJson>();
        MethodTable methods = new MethodTable().On("slow", async (_, _) => await answer.Task).On("fast", _ => default);
        RawPeer peer = Host.With(methods).Connect().Send("""{"method":"slow","id":1}""");

        Assert.Equal(Reply("null", "2"), peer.Ask("""{"method":"fast","id":2}"""));
        answer.SetResult(RawJson.Parse("1"));
        Assert.Equal(Reply("1", "1"), peer.Read());
    }

    private static MethodTable Failing(Exception failure)
    {
        Func<RawJson, RawJson> direct = _ => throw failure;
        Func<RawJson, CancellationToken, ValueTask<RawJson>> async = (_, _) => throw failure;
        Func<RawJson, IObservable<RawJson>> make = _ => throw failure;
        return new MethodTable()
            .On("direct", direct)
            .On("async", async)
            .On("late", (_, _) => ValueTask.FromException<RawJson>(failure))
            .On("make", make)
            .On("observed", _ => Observable.Throw<RawJson>(failure))
            .On("empty", _ => Observable.Empty<RawJson>());
    }
}
