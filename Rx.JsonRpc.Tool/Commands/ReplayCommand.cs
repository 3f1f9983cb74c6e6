using System.CommandLine;
using Rx.JsonRpc.Tool.Input;
using Rx.JsonRpc.Tool.Replaying;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc replay</c>: recorded requests by another policy, and what would have become of them.</summary>
internal sealed class ReplayCommand
{
    private const string Ending =
        """
        Examples:
          rxrpc bench --servers "127.0.0.1:9999,2 127.0.0.1:9998,1" echo '[1]' --record attempts.jsonl
          rxrpc replay attempts.jsonl --try-timeout 300ms --retries 1 --replay always

        FILE holds a request a line, as 'rxrpc bench --record' and AttemptLog write it; docs/replay.md describes it. The real
        client carries the requests out once more, in virtual time, on servers that answer as they did then. The members of
        --json: policy, servers, seconds, recorded and replayed {requests, results, errors, timeouts, failures, cancelled,
        sent, resent, sentPerRequest, latencyMs {p50, p90, p99, max}}, assumptions.

        Exit codes:
          0    replayed
          64   wrong usage, or a file that cannot be read or is faulty: the line is named
          74   the output could not be written
          130  interrupted
        """;

    private readonly Argument<string> _file = new("FILE") { Description = "The recorded requests." };
    private readonly PolicyInput _policy = new();
    private readonly Option<bool> _noBreaker = new("--no-breaker") { Description = "Replay without the circuit breaker." };
    private readonly Option<bool> _noBudget = new("--no-budget") { Description = "Replay without the retry budget." };
    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as one line of JSON." };
    private readonly ToolConsole _console;

    private readonly Option<IReadOnlyList<ServerAddress>?> _servers = new("--servers", "-s")
    {
        Description = "Ranks recorded servers anew, or leaves some out. [default: as recorded]",
        HelpName = "LIST",
        CustomParser = ServersText.Read,
    };

    private ReplayCommand(ToolConsole console) => _console = console;

    public static Command Create(ToolConsole console)
    {
        var replay = new ReplayCommand(console);
        var command = new ToolCommand("replay", "Feeds recorded requests to another policy, and prints what would have happened.", Ending);
        command.Arguments.Add(replay._file);
        replay._policy.AddTo(command);
        command.Options.Add(replay._servers);
        command.Options.Add(replay._noBreaker);
        command.Options.Add(replay._noBudget);
        command.Options.Add(replay._json);
        // A file may be a pipe that nobody writes to: a signal ends the wait.
        command.SetAction((parsed, stop) => Task.Run(() => replay.Run(parsed, stop), stop).WaitAsync(stop));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken stop)
    {
        RecordedRequests recorded = RecordedRequests.Load(parsed.GetRequiredValue(_file));
        IReadOnlyList<RecordedServer> servers = recorded.Servers(parsed.GetValue(_servers));
        var policy = new ReplayPolicy(_policy.Read(parsed), !parsed.GetValue(_noBreaker), !parsed.GetValue(_noBudget));
        IReadOnlyList<RequestRecord> replayed = new ReplayRun(recorded, servers, policy).Run(stop);
        var report = new ReplayReport
        {
            Policy = policy.ToString(),
            Servers = [.. servers.Select(server => $"{server.Address},{server.Address.Priority},{server.Address.Weight}")],
            Seconds = Math.Round(recorded.Span.TotalSeconds, 3),
            Recorded = ReplayFigures.Of(recorded.Records),
            Replayed = ReplayFigures.Of(replayed),
            Assumptions = Assumptions.Of(recorded),
        };
        if (parsed.GetValue(_json)) _console.Line(report.ToJson());
        else foreach (string line in report.ToLines()) _console.Prose(line);
        return ExitCode.Done;
    }
}
