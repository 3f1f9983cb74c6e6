using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using Rx.JsonRpc.Tool.Input;
using Rx.JsonRpc.Tool.Logging;
using Rx.JsonRpc.Tool.Serving;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc serve</c>: the example service, until a signal ends it.</summary>
internal static class ServeCommand
{
    private const int CannotListen = 1;

    private const string Ending =
        $$"""
        {{ExampleService.Methods}}

        Exit codes:
          0    stopped by Ctrl-C, SIGTERM or SIGHUP: new calls are refused as not executed,
               those that run are answered within 5 s; a second signal ends it at once
          1    cannot listen there: the address is in use, or not of this machine
          64   wrong usage or bad input
          74   the output could not be written; while it serves, lines that cannot be written do not end it
        """;

    private const int MostWaiting = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly EndPoint Usual = new IPEndPoint(IPAddress.Loopback, 9999);
    // As many as a client sends by default: a service that is there to be loaded should not be what ends the load.
    private static readonly JsonRpcListenerOptions Options =
        new() { MaxCallsPerConnection = new JsonRpcClientOptions().MaxInFlightPerServer };
    // Long enough for the listener's grace and for calls that take a while.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    public static Command Create(ToolConsole console)
    {
        var listen = new Option<EndPoint?>("--listen", "-l")
        {
            Description = "Where to listen; port 0 takes a free one. [default: 127.0.0.1:9999]",
            HelpName = "ADDRESS",
            CustomParser = ListenText.Read,
        };
        var command = new ToolCommand("serve", "Runs an example service, and tells each connection that comes and goes.", Ending);
        Option<LogLevel?> level = LogLevels.Option();
        command.Options.Add(listen);
        command.Options.Add(level);
        command.SetAction((parsed, stop) => RunAsync(console, parsed.GetValue(listen) ?? Usual, LogLevels.In(parsed, level), stop));
        return command;
    }

    private static async Task<int> RunAsync(ToolConsole console, EndPoint endPoint, LogLevel level, CancellationToken stop)
    {
        JsonRpcListener listener;
        try
        {
            listener = new JsonRpcListener(endPoint, Options);
        }
        catch (SocketException fault)
        {
            console.ErrorLine($"rxrpc: cannot listen on {endPoint}: {fault.Message}");
            return CannotListen;
        }
        await using (listener)
        {
            var log = new EventLog<ServeLine>(MostWaiting, level, ServeLine.Output, () => DateTimeOffset.Now);
            Task writing = WriteAsync(log, console);
            if (ListenText.IsReachableFromOutside(endPoint))
            {
                log.Add(ServeLine.Warning($"other machines can reach {endPoint}, and this service asks nobody who they are"));
            }
            using IDisposable changes = listener.Connections.Subscribe(change => log.Add(ServeLine.Of(change)));
            using IDisposable failures = listener.Failures.Subscribe(failure => log.Add(ServeLine.Of(failure)));
            using IDisposable flushing = Observable.Interval(Interval).Subscribe(_ => log.Flush());
            ExampleService.Start(listener);
            console.Line($"listening on {new ServerAddress(listener.LocalEndPoint)}");
            await Stopped(stop).ConfigureAwait(false);
            await listener.StopAsync(StopLimit).ConfigureAwait(false);
            log.Complete();
            // Nothing more is written behind a line that does not get away.
            if (!await LastLines.WithinLimit(writing).ConfigureAwait(false)) return ExitCode.Output;
        }
        console.Line("stopped");
        return ExitCode.Done;
    }

    private static Task WriteAsync(EventLog<ServeLine> log, ToolConsole console)
    {
        var output = new WholeLines(console.Line);
        var error = new WholeLines(text =>
        {
            if (!console.ErrorLine(text)) throw new IOException("the error output takes no lines");
        });
        return log.WriteAsync(line => (line.IsError ? error : output).Write(line.Text));
    }

    private static async Task Stopped(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(stopped.SetResult).ConfigureAwait(false)) await stopped.Task.ConfigureAwait(false);
    }
}
