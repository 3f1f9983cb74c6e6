using System.Net;
using System.Net.Sockets;

namespace Rx.JsonRpc.Tool.Demo;

/// <summary>One of the demonstration's servers: it can be killed, and come back on its old port.</summary>
internal sealed class DemoServer(string name, int priority) : IAsyncDisposable
{
    public static readonly Method<Locate, Located> Method =
        new("locate", DemoJson.Default.Locate, DemoJson.Default.Located, idempotent: true);

    // Long enough that calls are in flight whenever the server is killed.
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan PortLimit = TimeSpan.FromSeconds(1);

    private JsonRpcListener? _listener;
    private EndPoint _endPoint = new IPEndPoint(IPAddress.Loopback, 0);

    public string Name => name;

    public int Priority => priority;

    public bool IsUp => _listener is not null;

    public ServerAddress Address => new(_endPoint, priority);

    public async Task StartAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(PortLimit);
        while (_listener is null)
        {
            try
            {
                _listener = new JsonRpcListener(_endPoint);
            }
            catch (SocketException) when (!limit.IsCancellationRequested)
            {
                // Another process may hold the port for a moment, as the source of a connection of its own.
                await Task.Delay(50, stop).ConfigureAwait(false);
            }
        }
        _endPoint = _listener.LocalEndPoint;
        _listener.Start(new MethodTable().On(Method, AnswerAsync));
    }

    /// <summary>As if its process had died: connections break, calls in flight stay unanswered.</summary>
    public async ValueTask KillAsync()
    {
        if (Interlocked.Exchange(ref _listener, null) is { } listener) await listener.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => KillAsync();

    private async ValueTask<Located> AnswerAsync(Locate question, CancellationToken disconnected)
    {
        await Task.Delay(Work, disconnected).ConfigureAwait(false);
        return new Located(question.Id, name);
    }
}
