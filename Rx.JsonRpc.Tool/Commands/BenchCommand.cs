using System.CommandLine;
using Rx.JsonRpc.Tool.Input;
using Rx.JsonRpc.Tool.Load;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc bench</c>: load on a service, and what came of it.</summary>
internal sealed class BenchCommand
{
    private const int UsualInFlight = 64;
    private static readonly TimeSpan UsualDuration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UsualWarmUp = TimeSpan.FromSeconds(1);

    private const string Ending =
        """
        Examples:
          rxrpc bench --servers 127.0.0.1:9999 echo '[1]'
          rxrpc bench --servers 127.0.0.1:9999 echo '[1]' --in-flight 1000 --connections 2 --duration 10s --json

        Each request that ends is followed by the next. Progress goes to stderr, the figures to stdout. Latencies are those of
        results. The requests that are in flight at the end are waited for, and count in all figures but the rate and the
        allocated bytes, so that requests is the sum of results and errors. Allocated bytes are those of this process. Without a
        result, the members of latencyMs are null. The members of --json: method, servers, inFlight, connections,
        seconds, requests, results, resultsPerSecond, latencyMs {p50, p99, p999, max}, errors {kind: count},
        allocatedBytesPerRequest. --record writes the first 100,000 requests for 'rxrpc replay', and costs some throughput.

        Exit codes:
          0    at least one result
          1    no result, only JSON-RPC errors
          2    no result, but timeouts
          3    no result: no server could be reached, or the connection was lost
          64   wrong usage or bad input
          74   the output could not be written
          130  interrupted
        """;

    private readonly RequestInput _input = new();
    private readonly Option<int?> _inFlight = CountText.Option("--in-flight", "Requests in flight at one time.", UsualInFlight, 1_000_000);
    private readonly Option<int?> _connections = CountText.Option("--connections", "Connections to each server.", 1, 1024);
    private readonly Option<TimeSpan?> _duration = Durations.Option("--duration", "How long to measure.", UsualDuration);
    private readonly Option<TimeSpan?> _warmUp = Durations.Option("--warm-up", "How long to run before that, uncounted; 0s for not at all.", UsualWarmUp, orZero: true);
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one line of JSON." };
    private readonly Option<string?> _record = new("--record")
    {
        Description = "Write the first 100,000 requests with their attempts to this file, for 'rxrpc replay'.",
        HelpName = "FILE",
    };

    private readonly ToolConsole _console;

    private BenchCommand(ToolConsole console) => _console = console;

    public static Command Create(ToolConsole console)
    {
        var bench = new BenchCommand(console);
        var command = new ToolCommand("bench", "Loads a service with one request again and again, and prints rates and latencies.", Ending);
        bench._input.AddTo(command);
        command.Options.Add(bench._inFlight);
        command.Options.Add(bench._connections);
        command.Options.Add(bench._duration);
        command.Options.Add(bench._warmUp);
        command.Options.Add(bench._json);
        command.Options.Add(bench._record);
        command.SetAction(bench.RunAsync);
        return command;
    }

    private static int CodeOf(LoadTally tally) => tally switch
    {
        { Results: > 0 } => ExitCode.Done,
        { Errors.Count: > 0 } when tally.Errors.Keys.All(ReplyAwaiter.IsErrorReply) => ExitCode.ErrorReply,
        { Errors: var errors } when errors.ContainsKey(ReplyAwaiter.Timeout) => ExitCode.Timeout,
        _ => ExitCode.Failure,
    };

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        int inFlight = parsed.GetValue(_inFlight) ?? UsualInFlight;
        JsonRpcClientOptions options = _input.Client(parsed) with { ConnectionsPerServer = parsed.GetValue(_connections) ?? 1 };
        // Room for all of them on one server, whatever share its connections have.
        long room = Math.Min(1 << 24, (long)inFlight * options.ConnectionsPerServer);
        options = options with { MaxInFlightPerServer = Math.Max(options.MaxInFlightPerServer, (int)room) };
        using BenchRecording? recording = parsed.GetValue(_record) is { } path ? BenchRecording.Open(path) : null;
        // A burst of the load must find room while the file is written.
        if (recording is not null) options = options with { MaxQueuedEvents = BenchRecording.Most };
        var client = new JsonRpcClient(options);
        LoadFigures figures;
        await using (client)
        {
            recording?.Observe(client);
            client.Start();
            IObservable<Reply<RawJson>> request = client.Call(_input.Method(parsed), _input.Parameters(parsed), _input.Policy(parsed));
            var run = new LoadRun(request, inFlight, parsed.GetValue(_warmUp) ?? UsualWarmUp, parsed.GetValue(_duration) ?? UsualDuration);
            figures = await BenchProgress.ShowAsync(_console, progress => run.RunAsync(progress, stop)).ConfigureAwait(false);
        }
        if (recording is not null) _console.ErrorLine(recording.Summary(client.DroppedRecords));
        BenchReport report = Report(_input.Method(parsed), options, inFlight, figures);
        if (parsed.GetValue(_json)) _console.Line(report.ToJson());
        else foreach (string line in report.ToLines()) _console.Prose(line);
        return CodeOf(figures.Tally);
    }

    private static BenchReport Report(string method, JsonRpcClientOptions options, int inFlight, LoadFigures figures) => new()
    {
        Method = method,
        Servers = [.. options.Servers.Select(server => server.ToString())],
        InFlight = inFlight,
        Connections = options.ConnectionsPerServer,
        Seconds = Math.Round(figures.Took.TotalSeconds, 3),
        Requests = figures.Tally.Results + figures.Tally.Failed,
        Results = figures.Tally.Results,
        ResultsPerSecond = Math.Round(figures.Results / figures.Took.TotalSeconds, 1),
        LatencyMs = LatencyReport.Of(figures.Tally.Latencies),
        Errors = new SortedDictionary<string, long>(figures.Tally.Errors.ToDictionary(), StringComparer.Ordinal),
        AllocatedBytesPerRequest = figures.AllocatedPerRequest,
    };
}
