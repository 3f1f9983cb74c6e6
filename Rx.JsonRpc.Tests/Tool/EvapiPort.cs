using System.Net;
using System.Reactive.Concurrency;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Rx.JsonRpc.Transport;

namespace Rx.JsonRpc.Tests.Tool;

/// <summary>Kamailio's side of an evapi socket on a loopback port.</summary>
internal sealed class EvapiPort : IAsyncDisposable
{
    private readonly SocketAcceptor _acceptor = new(new IPEndPoint(IPAddress.Loopback, 0), DefaultScheduler.Instance);
    private readonly Channel<JsonElement> _answers = Channel.CreateUnbounded<JsonElement>();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<FrameConnection> _connection;

    public EvapiPort() => _connection = AcceptAsync();

    public string Address => _acceptor.LocalEndPoint.ToString()!;

    public async Task RequestAsync(uint index, string more = "") => Assert.True((await _connection).TrySend(Encoding.UTF8.GetBytes(
        $$"""{"v":1,"event":"request","index":{{index}},"label":1,"return_route":"OK","error_route":"ERR","method":"get_user","params":{"id":7}{{more}}}""")));

    /// <summary>Completes when the gateway has said that it leaves.</summary>
    public Task LeavingAsync() => _left.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Index, route and result of the next answer.</summary>
    public async Task<string> AnswerAsync()
    {
        JsonElement answer = await _answers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        return $"{answer.GetProperty("index")} {answer.GetProperty("route")} {answer.GetProperty("result")}";
    }

    public async ValueTask DisposeAsync()
    {
        _acceptor.Dispose();
        if (_connection.IsCompletedSuccessfully) (await _connection).Dispose();
    }

    private async Task<FrameConnection> AcceptAsync()
    {
        AcceptedConnection accepted = await _acceptor.AcceptAsync() ?? throw new InvalidOperationException("nobody came");
        var connection = new FrameConnection(accepted.Pipe, peer: "the gateway");
        // JSON may be followed by white space, which lays the answers on a grid.
        connection.Frames.Subscribe(frame => Take(JsonDocument.Parse(Encoding.UTF8.GetString(frame.Payload)).RootElement), _ => { });
        return connection;
    }

    private void Take(JsonElement said)
    {
        if (said.TryGetProperty("event", out JsonElement what) && what.GetString() == "leaving") _left.TrySetResult();
        else _answers.Writer.TryWrite(said);
    }
}
