using System.CommandLine;
using System.Reactive.Threading.Tasks;
using Rx.JsonRpc.Tool.Input;

namespace Rx.JsonRpc.Tool.Commands;

/// <summary><c>rxrpc call</c>: one request, its result's JSON untouched on stdout.</summary>
internal static class CallCommand
{
    private const string Ending =
        $$"""
        Examples:
          rxrpc call --servers 127.0.0.1:9999 get_user '{"id": 1234}'
          rxrpc call --servers "127.0.0.1:9999,2 127.0.0.1:9998,1" add '[1, 2]' --timeout 300ms --verbose

        {{ExitCode.OfCalls}}
        """;

    public static Command Create(ToolConsole console)
    {
        var input = new RequestInput();
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Tell each attempt on stderr, one line each." };
        var command = new ToolCommand("call", "Sends one request and prints its result's JSON untouched on stdout.", Ending);
        input.AddTo(command);
        command.Options.Add(verbose);
        command.SetAction((parsed, stop) => RunAsync(console, input, parsed, parsed.GetValue(verbose), stop));
        return command;
    }

    private static async Task<int> RunAsync(
        ToolConsole console, RequestInput input, ParseResult parsed, bool verbose, CancellationToken stop)
    {
        await using var client = new JsonRpcClient(input.Client(parsed));
        try
        {
            IObservable<Reply<RawJson>> request = client.Call(input.Method(parsed), input.Parameters(parsed), input.Policy(parsed));
            Reply<RawJson> reply = await request.ToTask(stop).ConfigureAwait(false);
            if (verbose) FailureReport.WriteAttempts(console, reply.Attempts);
            if (reply.Error is not { } error)
            {
                console.Json(reply.Result.ToString());
                return ExitCode.Done;
            }
            return FailureReport.Write(console, error);
        }
        catch (JsonRpcException failure)
        {
            if (verbose) FailureReport.WriteAttempts(console, failure.Attempts);
            return FailureReport.Write(console, failure);
        }
    }
}
