using System.CommandLine;
using System.Net;
using Rx.JsonRpc.Tool.Gateway;
using Rx.JsonRpc.Tool.Input;
using Rx.JsonRpc.Tool.Logging;
using Spectre.Console;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc gateway</c>: answers the transactions that Kamailio suspends, until a signal ends it.</summary>
internal sealed class GatewayCommand
{
    private const string Ending =
        $$"""
        Examples:
          rxrpc gateway --evapi 127.0.0.1:8448 --servers "127.0.0.1:9999,2 127.0.0.1:9998,1"
          rxrpc gateway --config rxrpc.json

        Prints one line of JSON for each change of a state and each problem; on a terminal, a live view. Ctrl-C or SIGTERM drains: Kamailio is
        told, what it had sent is answered, and what is in flight is waited for. A second signal ends it at once. SIGHUP reads the file of
        --config again and changes the servers of its pools; what else has changed there needs a restart.

        Problems that repeat are printed at growing intervals with their count (repeated). When the output cannot be written, the gateway
        goes on, and says how many lines were lost (droppedLines) when it can be written again.

        Exit codes:
          0    stopped, and everything in flight was answered
          2    timeout: the drain took longer than --drain; the rest was resumed as cancelled
          64   wrong usage, or a faulty configuration
        """;

    private static readonly TimeSpan UsualDrain = TimeSpan.FromSeconds(5);

    private readonly Option<IReadOnlyList<EndPoint>> _evapi = new("--evapi", "-e")
    {
        Description = "Kamailio's evapi socket (bind_addr); several separated by spaces.",
        HelpName = "ADDRESS",
        CustomParser = EvapiText.Read,
    };

    private readonly Option<IReadOnlyList<ServerAddress>> _servers = new("--servers", "-s")
    {
        Description = "\"host:port[,priority[,weight]] ...\", a higher priority first; [::1]:9999 and unix:/path too.",
        HelpName = "LIST",
        CustomParser = ServersText.Read,
    };

    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = "Named pools, policies and sockets, in place of --servers and its policy.",
        HelpName = "FILE",
    };

    private readonly Option<TimeSpan?> _drain = Durations.Option("--drain", "How long a drain may take.", UsualDrain);

    private readonly Option<LogLevel?> _level = LogLevels.Option();

    private readonly PolicyInput _policy = new();

    private GatewayCommand()
    {
    }

    public static Command Create(ToolConsole console, Hangups hangups)
    {
        var input = new GatewayCommand();
        var command = new ToolCommand("gateway", "Answers the SIP transactions that Kamailio suspends by its module evapi.", Ending)
        {
            input._evapi, input._servers, input._config, input._drain, input._level,
        };
        input._policy.AddTo(command);
        command.SetAction((parsed, stop) => input.RunAsync(console, parsed, hangups, stop));
        return command;
    }

    private async Task<int> RunAsync(ToolConsole console, ParseResult parsed, Hangups hangups, CancellationToken stop)
    {
        GatewayPlan plan = Plan(parsed);
        await using RunningGateway running = await plan.MakeAsync().ConfigureAwait(false);
        var reload = new GatewayReload(parsed.GetValue(_config), plan, () => Plan(parsed), running);
        var run = new GatewayRun(running, reload, LogLevels.In(parsed, _level), parsed.GetValue(_drain) ?? plan.DrainLimit ?? UsualDrain);
        bool answered = console.OutIsTerminal
            ? await ShowLiveAsync(console, run, hangups, stop).ConfigureAwait(false)
            : await run.RunAsync(new JsonLinesView(console), hangups, stop).ConfigureAwait(false);
        return answered ? ExitCode.Done : ExitCode.Timeout;
    }

    private GatewayPlan Plan(ParseResult parsed)
    {
        IReadOnlyList<EndPoint> sockets = parsed.GetValue(_evapi) ?? [];
        IReadOnlyList<ServerAddress>? servers = parsed.GetValue(_servers);
        if (parsed.GetValue(_config) is not { } path)
        {
            if (servers is null) throw new UsageException("--servers is missing; expected --servers LIST, or --config FILE");
            if (sockets.Count == 0) throw new UsageException("--evapi is missing; expected --evapi ADDRESS, or --config FILE");
            return GatewayPlan.OfArguments(sockets, servers, _policy.Read(parsed));
        }
        if (servers is not null) throw new UsageException("--servers and --config exclude each other; expected the servers in the file's pools");
        if (_policy.FirstGiven(parsed) is { } given) throw new UsageException($"{given} and --config exclude each other; expected the policies in the file's pools");
        return GatewayPlan.OfFile(ConfigFile.Read(path), sockets);
    }

    private static Task<bool> ShowLiveAsync(ToolConsole console, GatewayRun run, Hangups hangups, CancellationToken stop)
    {
        IAnsiConsole ansi = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(new ForgivingWriter(console.Out)) });
        return ansi.Live(new Text("starting")).StartAsync(live => run.RunAsync(new LiveGatewayView(live), hangups, stop));
    }
}
