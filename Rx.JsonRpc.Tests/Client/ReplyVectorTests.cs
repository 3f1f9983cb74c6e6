using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What a whole client makes of each reply vector; the vectors' own id, 7, is put in place of the id that was really sent.</summary>
public partial class ReplyVectorTests
{
    private readonly ClientInVirtualTime _world = new();

    // To the reader of one frame these are no replies; a client with one open call knows which call they mean.
    private const string NullIdError = "null id error";
    private const string TwoDocuments = "two documents in one frame";

    public static TheoryData<string> Expecting(string what) => new(
        WireVectors.Read("replies.jsonl").Where(vector => vector.Text("expect") == what).Select(vector => vector.Name())
            .Except([NullIdError, TwoDocuments]));

    [Fact]
    public void Reply_ErrorWithoutId_EndsTheOnlyOpenCall() =>
        Assert.Equal(-32700, Send(_world.Client("a"), Vector(NullIdError)).Value.Error!.Code);

    [Fact]
    public void Reply_TwoDocuments_EndTheCallWhoseIdTheyHave() =>
        Send(_world.Client("a"), Vector(TwoDocuments)).Failure<InvalidReplyException>();

    [Theory]
    [MemberData(nameof(Expecting), "ignored")]
    public void Reply_ToBeIgnored_LeavesTheCallPendingTheConnectionUpAndIsCounted(string name)
    {
        JsonRpcClient client = _world.Client("a");
        Answers<ServerDiagnostic> diagnostics = _world.Subscribe(client.Diagnostics);
        Answers<Reply<RawJson>> request = Send(client, Vector(name));

        Server server = client.Groups[0].Servers[0];
        Assert.True(request.Silent);
        Assert.NotEmpty(diagnostics.Values);
        Assert.Equal(diagnostics.Values.Count, Enum.GetValues<DropReason>().Sum(server.DroppedFor));
        Assert.Equal(ServerState.Connected, server.State);
        _world["a"].Calls[0].Result("1");
        Assert.Equal("1", request.Value.Result.ToString());
    }

    [Theory]
    [MemberData(nameof(Expecting), "result")]
    public void Reply_WithResult_IsTheResultTextUntouched(string name)
    {
        Answers<Reply<RawJson>> request = Send(_world.Client("a"), Vector(name));

        Assert.Equal(Vector(name).Text("result"), request.Value.Result.ToString());
    }

    [Theory]
    [MemberData(nameof(Expecting), "error")]
    public void Reply_WithError_IsTheErrorAsAValue(string name)
    {
        JsonElement vector = Vector(name);
        Answers<Reply<RawJson>> request = Send(_world.Client("a"), vector);

        JsonRpcError error = request.Value.Error!;
        if (vector.TryGetProperty("code", out JsonElement code)) Assert.Equal(code.GetInt32(), error.Code);
        if (vector.Text("message") is { } message) Assert.Equal(message, error.Message);
        Assert.Equal(vector.Text("data") ?? "", error.Data.ToString());
    }

    [Theory]
    [MemberData(nameof(Expecting), "ignored-or-error")]
    public void Reply_ToBeIgnoredOrError_EndsTheCallAtOnce(string name)
    {
        JsonRpcClient client = _world.Client("a");
        Answers<Reply<RawJson>> request = Send(client, Vector(name));

        request.Failure<InvalidReplyException>();
        Assert.Equal(ServerState.Connected, client.Groups[0].Servers[0].State);
    }

    private static JsonElement Vector(string name) => WireVectors.Read("replies.jsonl").Single(vector => vector.Name() == name);

    private Answers<Reply<RawJson>> Send(JsonRpcClient client, JsonElement vector)
    {
        _world["a"].OnCall = call =>
        {
            string text = Encoding.Latin1.GetString(vector.Bytes());
            call.Connection.TrySend(Encoding.Latin1.GetBytes(SevenAsId().Replace(text, call.Id.ToString()!)));
        };
        return _world.Subscribe(client.Call(Raw.Method("m"), default));
    }

    [GeneratedRegex("""(?<="(id|\\u0069d)"\s*:\s*-?"?)7""")]
    private static partial Regex SevenAsId();
}
