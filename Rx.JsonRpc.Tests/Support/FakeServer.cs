using System.Net;
using System.Reactive.Concurrency;
using System.Text.Json;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Support;

/// <summary>A server in an in-memory network that does what a test says, at once and on the calling thread.</summary>
internal sealed class FakeServer
{
    private readonly InMemoryNetwork _network;
    private readonly EndPoint _endPoint;
    private readonly IScheduler _clock;
    private IAcceptor? _acceptor;

    public FakeServer(InMemoryNetwork network, EndPoint endPoint, IScheduler clock)
    {
        _network = network;
        _endPoint = endPoint;
        _clock = clock;
    }

    /// <summary>What it does with a call; answers <c>"name-of-the-end-point"</c> unless told otherwise.</summary>
    public Action<FakeCall> OnCall { get; set; } = call => call.Result("true");

    /// <summary>What it does with a frame that is no call.</summary>
    public Action<string> OnUnreadable { get; set; } = text => throw new InvalidOperationException($"not a call: {text}");

    /// <summary>What it does with a new connection.</summary>
    public Action<FrameConnection> OnAccepted { get; set; } = _ => { };

    public List<FakeCall> Calls { get; } = [];

    /// <summary>When each connection was accepted, in ticks.</summary>
    public List<long> Accepted { get; } = [];

    public FrameConnection? Connection { get; private set; }

    /// <summary>Whether it keeps its side of a connection open when the client has ended its own.</summary>
    public bool KeepsOpen { get; set; }

    public FakeServer Start()
    {
        _acceptor = _network.Listen(_endPoint);
        _ = Accept(_acceptor);
        return this;
    }

    public void StopListening() => _acceptor?.Dispose();

    /// <summary>Goes away as a killed process does.</summary>
    public void Kill()
    {
        StopListening();
        Connection?.Dispose();
    }

    private async Task Accept(IAcceptor acceptor)
    {
        while (await acceptor.AcceptAsync() is { } accepted)
        {
            Accepted.Add(_clock.Now.Ticks);
            var connection = new FrameConnection(accepted.Pipe, peer: "the client") { SendsAfterEnd = true };
            Connection = connection;
            connection.Frames.Subscribe(frame => Receive(connection, frame), _ => { }, () =>
            {
                if (!KeepsOpen) connection.Dispose();
            });
            OnAccepted(connection);
        }
    }

    private void Receive(FrameConnection connection, Frame frame)
    {
        using JsonDocument document = JsonDocument.Parse(frame.Payload);
        JsonElement message = document.RootElement;
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("method", out JsonElement method))
        {
            OnUnreadable(message.GetRawText());
            return;
        }
        var call = new FakeCall(
            connection,
            _clock.Now.Ticks,
            method.GetString()!,
            message.TryGetProperty("params", out JsonElement parameters) ? parameters.GetRawText() : "",
            message.TryGetProperty("id", out JsonElement id) ? id.GetInt64() : null);
        Calls.Add(call);
        OnCall(call);
    }
}

internal sealed record FakeCall(FrameConnection Connection, long At, string Method, string Parameters, long? Id)
{
    public void Result(string json) => Send($$"""{"jsonrpc":"2.0","result":{{json}},"id":{{Id}}}""");

    public void Error(int code, string message) =>
        Send(FormattableString.Invariant($$$"""{"jsonrpc":"2.0","error":{"code":{{{code}}},"message":"{{{message}}}"},"id":{{{Id}}}}"""));

    /// <summary>Refuses it without running it, as our listener does.</summary>
    public void Refuse(bool leaving = false) =>
        Send($$$"""{"jsonrpc":"2.0","error":{{{JsonRpcError.Refusal("no", leaving).ToJson()}}},"id":{{{Id}}}}""");

    public void Send(string payload) => Connection.TrySend(System.Text.Encoding.UTF8.GetBytes(payload));
}
