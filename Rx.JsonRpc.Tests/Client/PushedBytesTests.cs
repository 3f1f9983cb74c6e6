using System.Text;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Client;

/// <summary>What servers push is bounded in bytes, over all connections and both kinds.</summary>
public class PushedBytesTests
{
    private readonly ClientInVirtualTime _world = new();
    private readonly List<string> _answers = [];

    [Fact]
    public void Notifications_MoreBytesThanTheBound_TheNewestAreDroppedUntilTheObserverCatchesUp()
    {
        var later = new Later();
        JsonRpcClient client = Client(later, options => options with { Continuations = later, MaxPushedBytes = 3000 });
        Answers<ServerNotification> seen = _world.Subscribe(client.Notifications);
        for (int i = 0; i < 3; i++) Push("a", $"m{i}", 1000);

        later.Run();
        Push("a", "m3", 1000);
        later.Run();

        Assert.Equal(["m0", "m1", "m3"], seen.Values.Select(pushed => pushed.Value.Method));
        Assert.Equal(1, client.Groups[0].Servers[0].DroppedFor(DropReason.QueueFull));
    }

    [Fact]
    public void Notifications_LongNames_CountAsTheirParametersDo()
    {
        var later = new Later();
        JsonRpcClient client = Client(later, options => options with { Continuations = later, MaxPushedBytes = 3000 });
        _world.Subscribe(client.Notifications);
        string name = new('n', 1000);

        for (int i = 0; i < 2; i++) Push("a", name, 0);

        Assert.Equal(1, client.Groups[0].Servers[0].DroppedFor(DropReason.QueueFull));
        later.Run();
    }

    [Fact]
    public void ServerCalls_OfAllConnections_ShareTheBoundUntilTheyAreAnswered()
    {
        JsonRpcClient client = Client(null, options => options with { MaxPushedBytes = 3000 });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        Ask("a", 1, 1000);
        Ask("b", 2, 1000);

        Ask("b", 3, 1000);
        asked.Values[0].Value.TryAnswer(default);
        Ask("b", 4, 1000);

        Assert.Equal(["1", "2", "4"], asked.Values.Select(request => request.Value.Id.ToString()));
        Assert.Contains($"\"code\":{JsonRpcError.NotExecuted}", _answers[0]);
    }

    [Fact]
    public void ServerCalls_TheirConnectionEnds_MakeRoom()
    {
        JsonRpcClient client = Client(null, options => options with { MaxPushedBytes = 3000 });
        Answers<ServerRequest> asked = _world.Subscribe(client.Calls);
        Ask("a", 1, 1000);
        Ask("a", 2, 1000);
        _world["a"].Connection!.Dispose();

        Ask("b", 3, 1000);

        Assert.Equal(["1", "2", "3"], asked.Values.Select(request => request.Value.Id.ToString()));
        Assert.Empty(_answers);
    }

    [Fact]
    public void OneThatIsLongerThanTheBound_FitsWhenNothingElseIsHeld()
    {
        JsonRpcClient client = Client(null, options => options with { MaxPushedBytes = 10 });
        Answers<ServerNotification> seen = _world.Subscribe(client.Notifications);

        for (int i = 0; i < 3; i++) Push("a", "m", 1000);

        Assert.Equal(3, seen.Values.Count);
    }

    [Fact]
    public void CallsTo_UnsubscribedNames_AreForgotten()
    {
        var routes = new Rx.JsonRpc.Servers.ServerCallRoutes(
            new Rx.JsonRpc.Transport.Publisher<ServerRequest>(new(System.IO.Pipelines.PipeScheduler.Inline), 10, (_, _) => { }), (_, _) => { });
        IDisposable stays = routes.To("stays").Subscribe();
        for (int i = 0; i < 1000; i++) routes.To($"m{i}").Subscribe().Dispose();
        IObservable<ServerRequest> again = routes.To("m1");
        Assert.Equal((1, false), (routes.Methods, routes.Knows("m1")));

        using (again.Subscribe())
        using (again.Subscribe()) Assert.Equal((2, true), (routes.Methods, routes.Knows("m1")));

        Assert.Equal((1, true, false), (routes.Methods, routes.Knows("stays"), routes.Knows("m1")));
        stays.Dispose();
        Assert.Equal(0, routes.Methods);
    }

    private JsonRpcClient Client(Later? later, Func<JsonRpcClientOptions, JsonRpcClientOptions> change)
    {
        JsonRpcClient client = _world.Client("a b", change);
        later?.Run();
        foreach (string name in new[] { "a", "b" }) _world[name].OnUnreadable = _answers.Add;
        return client;
    }

    private void Push(string server, string method, int length) => Send(server, $$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{Text(length)}}}""");

    private void Ask(string server, int id, int length) => Send(server, $$"""{"jsonrpc":"2.0","method":"m","params":{{Text(length)}},"id":{{id}}}""");

    private static string Text(int length) => $"[\"{new string('x', length)}\"]";

    private void Send(string server, string payload) => _world[server].Connection!.TrySend(Encoding.UTF8.GetBytes(payload));
}
