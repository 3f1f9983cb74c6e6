using Rx.JsonRpc.Kamailio;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.JsonRpc.Tool.Gateway;

/// <summary>Tables that change in place, and below them what happened last.</summary>
internal sealed class LiveGatewayView(LiveDisplayContext live) : IGatewayView
{
    private const int MostEvents = 8;

    private readonly Queue<GatewayEvent> _events = new();

    public void Tell(GatewayEvent happened)
    {
        if (_events.Count == MostEvents) _events.Dequeue();
        _events.Enqueue(happened);
    }

    public void Show(GatewayFrame frame)
    {
        IEnumerable<string[]> cells = frame.Servers.Select(at => (string[])
        [
            Markup.Escape(OneLine.Of(at.Pool)), Markup.Escape(OneLine.Of(at.Name)), FormattableString.Invariant($"{at.Priority}"),
            Coloured(at.State, at.State == ServerState.Connected), FormattableString.Invariant($"{at.InFlight:#,0}"),
        ]);
        var servers = new LiveTable(["pool", "server", "priority", "state", "in flight"], [.. cells]);
        string sockets = string.Join("   ", frame.Sockets.Select(
            socket => $"evapi {Markup.Escape(OneLine.Of(socket.Name))} {Coloured(socket.State, socket.State == EvapiState.Connected)}"));
        string outcomes = string.Join("   ", frame.Outcomes.Select(outcome => FormattableString.Invariant($"{outcome.Name} {outcome.Count:#,0}")));
        IRenderable[] rows =
        [
            new Markup(sockets),
            new Text(FormattableString.Invariant($"{frame.PerSecond:#,0} transactions/s   in flight {frame.InFlight:#,0}")),
            new Text(outcomes),
            servers,
            .. _events.Select(happened => new Text(happened.ToString())),
        ];
        live.UpdateTarget(new Rows(rows));
    }

    private static string Coloured<T>(T state, bool isWell) where T : struct, Enum => isWell ? $"[green]{state}[/]" : $"[red]{state}[/]";
}
