using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using Rx.JsonRpc.Testing;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Kamailio;

/// <summary>Kamailio's side of an evapi socket: relays events, and keeps the answers with the time of their coming.</summary>
internal sealed class FakeKamailio(InMemoryNetwork network, EndPoint endPoint, Func<long> now)
{
    private IAcceptor? _acceptor;
    private FrameConnection? _connection;
    private PipeWriter? _output;

    public EndPoint EndPoint => endPoint;

    public List<long> Accepted { get; } = [];

    public List<Answer> Answers { get; } = [];

    /// <summary>When it was told that the gateway leaves.</summary>
    public List<long> Leavings { get; } = [];

    public bool GatewayEnded { get; private set; }

    public Answer Answer => Assert.Single(Answers);

    public FakeKamailio Start()
    {
        _acceptor = network.Listen(endPoint);
        _ = Accept(_acceptor);
        return this;
    }

    /// <summary>As when the process is killed; what the gateway had sent before has been read.</summary>
    public void Kill()
    {
        _acceptor?.Dispose();
        _connection?.Dispose();
    }

    /// <summary>Ends the connection, and goes on listening.</summary>
    public void Hangup() => _connection?.Dispose();

    public void Relay(string json) => Relay(Encoding.UTF8.GetBytes(json));

    /// <summary>Sends so many bytes of a frame as they are.</summary>
    public void Begin(string bytes)
    {
        _output!.Write(Encoding.UTF8.GetBytes(bytes));
        Assert.True(_output!.FlushAsync().IsCompleted);
    }

    public void Relay(byte[] frame) => Assert.True(_connection!.TrySend(frame));

    /// <summary>A request as a script would write it; <paramref name="more"/> are members behind the usual ones.</summary>
    public void Request(uint index = 1, uint label = 10, string method = "get_user", string parameters = """{"id":1234}""", string more = "") => Relay(
        $$"""{"v":1,"event":"request","index":{{index}},"label":{{label}},"return_route":"OK","error_route":"ERR","method":"{{method}}","params":{{parameters}}{{more}}}""");

    private async Task Accept(IAcceptor acceptor)
    {
        while (await acceptor.AcceptAsync() is { } accepted)
        {
            Accepted.Add(now());
            var connection = new FrameConnection(accepted.Pipe, peer: "the gateway");
            _connection = connection;
            _output = accepted.Pipe.Output;
            GatewayEnded = false;
            connection.Frames.Subscribe(
                frame => Take(new Answer(now(), (int)frame.Payload.Length, JsonDocument.Parse(Encoding.UTF8.GetString(frame.Payload)).RootElement)),
                _ => GatewayEnded = true,
                () => GatewayEnded = true);
        }
    }

    private void Take(Answer answer)
    {
        if (answer.Json.TryGetProperty("event", out JsonElement said)) Leavings.Add(said.GetString() == "leaving" ? answer.At : -1);
        else Answers.Add(answer);
    }
}

internal sealed record Answer(long At, int Bytes, JsonElement Json)
{
    public uint Index => Json.GetProperty("index").GetUInt32();

    public uint Label => Json.GetProperty("label").GetUInt32();

    public string Route => Text("route");

    public string Result => Text("result");

    public string Outcome => Text("outcome");

    public string Error => Text("error");

    /// <summary>Route, outcome and result, for the usual assertion.</summary>
    public override string ToString() => $"{Index}:{Label} {Route} {Outcome} {Result}";

    private string Text(string member) => Json.GetProperty(member).GetString()!;
}
