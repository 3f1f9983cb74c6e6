using System.Net.Sockets;
using System.Text;
using Rx.JsonRpc.Tests.Support;

namespace Rx.JsonRpc.Tests.Kamailio.EndToEnd;

/// <summary>A JSON-RPC server that can misbehave in every way, and be killed and started again on its port.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<NetworkStream> _connections = [];
    private readonly List<string> _requests = [];
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RawTcpServer _server;

    public Backend()
    {
        _server = new RawTcpServer(Serve);
        Address = _server.Address;
        Behave = AnswersAsync;
    }

    public string Address { get; }

    /// <summary>What it does with a request.</summary>
    public Func<BackendCall, Task> Behave { get; set; }

    public int Connections
    {
        get
        {
            lock (_gate) return _connections.Count;
        }
    }

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    public static Task AnswersAsync(BackendCall call) => call.SendAsync(RawTcpServer.ReplyTo(call.Request, "{\"user\":1}"));

    /// <summary>Answers after a while, and reads on meanwhile.</summary>
    public static Func<BackendCall, Task> After(TimeSpan wait) => call =>
    {
        _ = Task.Delay(wait).ContinueWith(_ => AnswersAsync(call), TaskScheduler.Default);
        return Task.CompletedTask;
    };

    /// <summary>Behaves in one way for the first request, and answers the next ones.</summary>
    public void FirstThen(Func<BackendCall, Task> first) => Behave = call =>
    {
        Behave = AnswersAsync;
        return first(call);
    };

    /// <summary>Completes when a request has come.</summary>
    public Task IsAskedAsync() => _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public ValueTask KillAsync() => _server.DisposeAsync();

    public void StartAgain() => _server = new RawTcpServer(Serve, int.Parse(Address.AsSpan(Address.IndexOf(':') + 1)));

    public ValueTask DisposeAsync() => KillAsync();

    private Task Serve(NetworkStream stream, string request)
    {
        lock (_gate)
        {
            _connections.Add(stream);
            _requests.Add(request);
        }
        _asked.TrySetResult();
        return Behave(new BackendCall(stream, request));
    }
}

/// <summary>One request that a backend has read.</summary>
internal sealed record BackendCall(NetworkStream Stream, string Request)
{
    /// <summary>Bytes as they are: more or less than one netstring.</summary>
    public async Task SendAsync(string bytes)
    {
        try
        {
            await Stream.WriteAsync(Encoding.UTF8.GetBytes(bytes));
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Killed, or the gateway has left.
        }
    }

    public Task ReplyAsync(string json) => SendAsync(RawTcpServer.Netstring(json.Replace("ID", Id, StringComparison.Ordinal)));

    public string Id => System.Text.Json.JsonDocument.Parse(Request).RootElement.GetProperty("id").GetRawText();
}
